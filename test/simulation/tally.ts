/** What many worlds come to, and how to tell it. */
import type { SeedOutcome } from './simulation.ts';

const YEAR_MS = 365.25 * 24 * 3_600_000;

export class Tally {
  readonly failed: SeedOutcome[] = [];
  readonly #startedAt = performance.now();
  #seeds = 0;
  #events = 0;
  #workerMs = 0;
  #lives = 0;

  add(outcome: SeedOutcome): void {
    this.#seeds++;
    this.#events += outcome.events;
    this.#workerMs += outcome.workerMs;
    this.#lives += outcome.lives;
    if (outcome.violations.length > 0) this.failed.push(outcome);
  }

  get seeds(): number {
    return this.#seeds;
  }

  get events(): number {
    return this.#events;
  }

  get lives(): number {
    return this.#lives;
  }

  get workerYears(): number {
    return this.#workerMs / YEAR_MS;
  }

  /** One line. */
  get words(): string {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    const { user, system } = process.cpuUsage();
    return [
      `${this.#seeds} seeds (${(this.#seeds / seconds).toFixed(1)}/s)`,
      `${this.workerYears.toFixed(1)} worker-years`,
      `${this.#lives} coordinator lives`,
      `${this.#events} events (${Math.round(this.#events / seconds)}/s)`,
      `${((user + system) / 1e6 / Math.max(1, this.#seeds)).toFixed(3)} s of a core each`,
      `${this.failed.length} failed`,
    ].join(', ');
  }
}

/** What was violated, how to see it happen again, and what led to it. */
export function reportOf({ seed, violations, lastLines, configuration }: SeedOutcome): string {
  return [
    `seed ${seed} (${configuration.store}, ${configuration.hosts.length} hosts, ${[...configuration.features].join(' ')}):`,
    ...violations.slice(0, 5).map(({ rule, subject, message }) => `  ${rule} ${subject}: ${message}`),
    `  replay: npm run simulate -- --seed ${seed} --verbose`,
    ...lastLines.slice(-12).map((line) => `    ${line.slice(0, 200)}`),
  ].join('\n');
}
