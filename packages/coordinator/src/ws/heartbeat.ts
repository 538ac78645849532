/** Tells a live connection from a dead one: a ping when nothing was heard for a while, and a count of those that nothing came back for. */
export interface HeartbeatLimits {
  readonly pingMs: number;
  readonly pingJitter: number;
  readonly missedPings: number;
}

export class Heartbeat {
  readonly #limits: HeartbeatLimits;
  readonly #random: () => number;
  #heardAt: number;
  #nextPingAt: number;
  #unanswered = 0;

  constructor(limits: HeartbeatLimits, now: number, random: () => number) {
    this.#limits = limits;
    this.#random = random;
    this.#heardAt = now;
    this.#nextPingAt = now + this.#interval();
  }

  /** Anything at all came from the other end. */
  heard(now: number): void {
    this.#heardAt = now;
    this.#unanswered = 0;
  }

  /** How long nothing will be due, milliseconds. */
  idleMs(now: number): number {
    return this.#nextPingAt - now;
  }

  due(now: number): 'nothing' | 'ping' | 'dead' {
    // Further ahead than any ping is: the clock stepped back (I35).
    if (now < this.#nextPingAt && this.#nextPingAt - now <= 2 * this.#limits.pingMs) return 'nothing';
    if (this.#unanswered >= this.#limits.missedPings) return 'dead';
    this.#heardAt = Math.min(this.#heardAt, now);
    // What was heard meanwhile stands for a ping and its answer.
    const quietFrom = this.#unanswered > 0 ? Number.NEGATIVE_INFINITY : this.#heardAt;
    this.#nextPingAt = quietFrom + this.#interval();
    if (now < this.#nextPingAt) return 'nothing';
    this.#nextPingAt = now + this.#interval();
    this.#unanswered++;
    return 'ping';
  }

  #interval(): number {
    const { pingMs, pingJitter } = this.#limits;
    return pingMs * (1 - pingJitter + 2 * pingJitter * this.#random());
  }
}
