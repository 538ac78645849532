/**
 * The event loop: one job, a population of machines, one scheme, one adversary, on a virtual clock in milliseconds.
 *
 * A machine acts at one time in the heap: it hands in what it holds, if anything, then asks for the next unit. What it will answer is
 * fixed when it takes the unit. Whatever a scheme and an adversary do, a run is a function of its plan alone.
 */
import type { Adversary, AdversaryMaker } from './adversary.ts';
import { NO_ANSWER, RIGHT } from './answer.ts';
import { createDraw, type Draw } from './draw.ts';
import { EventHeap } from './event-heap.ts';
import { createPopulation, type Population } from './population.ts';
import { NO_UNIT, REFUSED, type Scheme, type SchemeMaker } from './scheme.ts';
import { type FAULTY, HONEST, type LIAR, Tally } from './tally.ts';

export interface Plan {
  readonly units: number;
  readonly hosts: number;
  /** Share of the hosts that are not honest. */
  readonly f: number;
  /** What they are. */
  readonly adverseKind: typeof LIAR | typeof FAULTY;
  readonly wrongIn: number;
  readonly seed: number;
  /** Standard deviation of the logarithm of a machine's speed. */
  readonly spread: number;
}

export interface Run {
  readonly tally: Tally;
  /** How many machines are not honest. */
  readonly adverse: number;
  /** Virtual time from the first request to the end of the job. */
  readonly makespanMs: number;
  /** The same if every machine, honest or not, computed its share of the units once. */
  readonly idealMs: number;
}

/** A machine that has no name yet. */
const NOBODY = -1;
const UNIT_MS = 100_000;
const LEASE_MS = 10 * UNIT_MS;
/** What it takes to come back under a new name. */
const REGISTRATION_MS = UNIT_MS / 10;
/** What it takes to give a unit back and to ask for another. */
const ASKING_MS = UNIT_MS / 100;
/** No answer for so long: nobody is left who can bring the job to its end. */
const PATIENCE_MS = 7 * 24 * 3600 * 1000;
/** What schemes reckon with where nobody lies. */
const ASSUMED_LIARS = 0.05;

export function simulate(plan: Plan, makeScheme: SchemeMaker, makeAdversary: AdversaryMaker): Run {
  return new World(plan, makeScheme, makeAdversary).run();
}

class World {
  readonly #plan: Plan;
  readonly #tally: Tally;
  readonly #scheme: Scheme;
  readonly #adversary: Adversary;
  readonly #population: Population;
  readonly #heap: EventHeap;
  readonly #chance: Draw;
  readonly #schemeDraw: Draw;
  /** By machine: its present identity, the unit it holds and what it will say. */
  readonly #hostOf: Int32Array;
  readonly #unitOf: Int32Array;
  readonly #answerOf: Int32Array;
  #now = 0;
  #answeredAt = 0;

  constructor(plan: Plan, makeScheme: SchemeMaker, makeAdversary: AdversaryMaker) {
    const { units, hosts, f, seed } = plan;
    const adverse = f === 0 ? 0 : Math.max(1, Math.round(f * hosts));
    this.#plan = plan;
    this.#tally = new Tally(units, hosts);
    this.#chance = createDraw(seed, 'world');
    this.#schemeDraw = createDraw(seed, 'scheme');
    this.#population = createPopulation(hosts, adverse, plan.spread, createDraw(seed, 'population'));
    this.#heap = new EventHeap(hosts);
    this.#hostOf = new Int32Array(hosts).fill(NOBODY);
    this.#unitOf = new Int32Array(hosts).fill(NO_UNIT);
    this.#answerOf = new Int32Array(hosts);
    const job = { units, hosts, assumedLiars: f === 0 ? ASSUMED_LIARS : f, wrongIn: plan.wrongIn, unitMs: UNIT_MS, leaseMs: LEASE_MS };
    this.#scheme = makeScheme(job, this.#tally, this.#tally, this.#schemeDraw);
    this.#adversary = makeAdversary({
      draw: createDraw(seed, 'adversary'),
      units,
      hosts,
      secret: Math.floor(createDraw(seed, 'secret')() * 2 ** 31),
      standing: (host) => this.#scheme.standing?.(host) ?? this.#tally.answersSinceBlame(host),
      answers: (host) => this.#tally.answersOf(host),
      wasBlamed: (host) => this.#tally.answersSinceBlame(host) < this.#tally.answersOf(host),
      progress: () => 1 - this.#tally.open / units,
    });
  }

  run(): Run {
    this.#gather();
    while (!this.#isOver()) {
      const machine = this.#heap.nextId;
      this.#now = this.#heap.nextAt;
      if (this.#unitOf[machine] !== NO_UNIT) this.#handIn(machine);
      const nextAt = this.#ask(machine);
      if (nextAt === Number.POSITIVE_INFINITY) this.#heap.remove();
      else this.#heap.postpone(nextAt);
    }
    const { slowness, adverse } = this.#population;
    const unitsPerMs = slowness.reduce((rate, slow) => rate + 1 / (slow * UNIT_MS), 0);
    return { tally: this.#tally, adverse, makespanMs: this.#now, idealMs: this.#plan.units / unitsPerMs };
  }

  /** Everybody asks within the first unit's time, in no order; some adverse machines only later. */
  #gather(): void {
    const { hosts } = this.#plan;
    for (let machine = 0; machine < hosts; machine++) {
      const startsAt = this.#isAdverse(machine) ? (this.#adversary.startsAt?.(machine, this.#population.adverse) ?? 0) : 0;
      this.#heap.push(machine, startsAt + this.#chance() * UNIT_MS);
    }
  }

  #isOver(): boolean {
    if (this.#tally.open === 0 && this.#scheme.finish(this.#now, this.#schemeDraw)) return true;
    return this.#heap.size === 0 || this.#heap.nextAt - this.#answeredAt > PATIENCE_MS;
  }

  #isAdverse(machine: number): boolean {
    return machine < this.#population.adverse;
  }

  #handIn(machine: number): void {
    const [host, unit, answer] = [this.#hostOf[machine] as number, this.#unitOf[machine] as number, this.#answerOf[machine] as number];
    this.#unitOf[machine] = NO_UNIT;
    if (answer === NO_ANSWER) {
      this.#scheme.leaseExpired(host, unit, this.#now);
      return;
    }
    this.#answeredAt = this.#now;
    this.#tally.answered(host, answer);
    this.#scheme.receive(host, unit, answer, this.#now, this.#schemeDraw);
  }

  /** When the machine acts next. */
  #ask(machine: number): number {
    const host = this.#identityOf(machine);
    if (this.#isAdverse(machine) && this.#adversary.renews?.(host) === true) return this.#dropName(machine);
    const unit = this.#scheme.requestWork(host, this.#now, this.#schemeDraw);
    if (unit >= 0 && this.#isAdverse(machine) && this.#adversary.declines?.(host, unit) === true) return this.#decline(host, unit);
    if (unit >= 0) return this.#now + this.#take(machine, host, unit);
    if (unit === REFUSED && this.#isAdverse(machine) && this.#adversary.freeIdentities) return this.#dropName(machine);
    return this.#now + this.#scheme.waitMs;
  }

  /** When it asks again. */
  #decline(host: number, unit: number): number {
    if (this.#scheme.giveBack === undefined) this.#scheme.leaseExpired(host, unit, this.#now);
    else this.#scheme.giveBack(host, unit, this.#now);
    return this.#now + ASKING_MS;
  }

  #identityOf(machine: number): number {
    const host = this.#hostOf[machine] as number;
    if (host !== NOBODY) return host;
    const joined = this.#tally.join(this.#isAdverse(machine) ? this.#plan.adverseKind : HONEST);
    this.#hostOf[machine] = joined;
    // Everybody has an account of their own, and a new name is a new account.
    this.#scheme.hostJoined?.(joined, joined, this.#now);
    return joined;
  }

  /** When it is back under another. */
  #dropName(machine: number): number {
    this.#hostOf[machine] = NOBODY;
    return this.#now + REGISTRATION_MS;
  }

  /** How long it will be busy with the unit. */
  #take(machine: number, host: number, unit: number): number {
    const answer = this.#isAdverse(machine) ? this.#adversary.answer(host, unit) : RIGHT;
    this.#unitOf[machine] = unit;
    this.#answerOf[machine] = answer;
    if (answer === NO_ANSWER) return LEASE_MS;
    return UNIT_MS * (this.#population.slowness[machine] as number) * (0.9 + 0.2 * this.#chance());
  }
}
