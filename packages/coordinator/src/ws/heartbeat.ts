/** Tells a live connection from a dead one: a ping now and then, and a count of those that nothing came back for. */
export class Heartbeat {
  readonly #limits: { readonly pingMs: number; readonly pingJitter: number; readonly missedPings: number };
  readonly #random: () => number;
  #nextPingAt: number;
  #missed = 0;
  #waiting = false;

  constructor(limits: { pingMs: number; pingJitter: number; missedPings: number }, now: number, random: () => number) {
    this.#limits = limits;
    this.#random = random;
    this.#nextPingAt = now + this.#interval();
  }

  /** Anything at all came from the other end. */
  heard(): void {
    this.#missed = 0;
    this.#waiting = false;
  }

  due(now: number): 'nothing' | 'ping' | 'dead' {
    if (now < this.#nextPingAt) return 'nothing';
    if (this.#waiting) this.#missed++;
    if (this.#missed >= this.#limits.missedPings) return 'dead';
    this.#nextPingAt = now + this.#interval();
    this.#waiting = true;
    return 'ping';
  }

  #interval(): number {
    const { pingMs, pingJitter } = this.#limits;
    return pingMs * (1 - pingJitter + 2 * pingJitter * this.#random());
  }
}
