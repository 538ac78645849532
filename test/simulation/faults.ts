/** What befalls the coordinator while there are faults; each comes about twice in a seed that has it, and backups more often, for only the second of two can be a restore. */
import type { Feature } from './configuration.ts';
import type { CrashPoint } from './fragile-store.ts';
import type { Simulation } from './simulation.ts';

const HOUR_MS = 3_600_000;
const DEATHS: readonly CrashPoint[] = ['before', 'after', 'spoken'];
const FAILURES: readonly CrashPoint[] = ['rejected', 'doubtful'];

export function scheduleFaults(simulation: Simulation, faultsMs: number): void {
  const { chance, configuration } = simulation;
  // An hour, as when a machine's time zone is mistaken for its time; less where a world lasts minutes.
  const stepMs = Math.min(HOUR_MS, 100 * configuration.grainMs);
  const faults: Partial<Record<Feature, () => void>> = {
    crashes: () => (chance.isTrue(0.7) ? simulation.armCrash(DEATHS) : simulation.life?.die('killed')),
    'store-failures': () => simulation.armCrash(FAILURES),
    stops: () => simulation.stop(),
    pauses: () => simulation.pause(chance.int(1, 3 * configuration.leaseMs)),
    restores: () => (chance.isTrue(0.4) ? simulation.restore() : simulation.backUp()),
    'clock-steps': () => simulation.stepClock(chance.pick([-stepMs, stepMs, 5 * simulation.limits.sweepMs])),
  };
  for (const [feature, strike] of Object.entries(faults)) {
    if (!simulation.has(feature as Feature)) continue;
    const again = (): void =>
      simulation.time.after(chance.around(feature === 'restores' ? faultsMs / 5 : faultsMs / 2), () => {
        if (simulation.isHealing) return;
        strike();
        again();
      });
    again();
  }
}
