/** Who may come in: refuses before the WebSocket handshake, so that a refusal costs next to nothing (RELIABILITY §6.3). */
import { isLoopback, networkOf } from './peer-address.ts';
import { RateLimit } from './rate-limit.ts';
import type { WsLimits } from './ws-limits.ts';

export interface Admission {
  /** The connection has proven a host key and no longer counts as unproven. */
  proven(): void;
  left(): void;
}
/** Said in HTTP, before there is a WebSocket. */
export interface Rebuff {
  readonly ok: false;
  readonly status: 403 | 404 | 429 | 503;
  readonly reason: string;
  readonly retryAfterS?: number;
}
export type Knock = { readonly ok: true; readonly admission: Admission } | Rebuff;

interface Visitor {
  readonly connects: RateLimit;
  open: number;
}

export class Door {
  readonly #limits: WsLimits;
  readonly #visitors = new Map<string, Visitor>();
  #unproven = 0;

  constructor(limits: WsLimits) {
    this.#limits = limits;
  }

  knock(address: string, now: number): Knock {
    if (this.#unproven >= this.#limits.unproven) {
      return { ok: false, status: 503, reason: `${this.#limits.unproven} connections wait to prove themselves`, retryAfterS: 10 };
    }
    const counted = this.#limits.limitLoopback || !isLoopback(address);
    const visitor = counted ? this.#visitorFrom(networkOf(address)) : null;
    if (visitor !== null && visitor.open >= this.#limits.perAddress) {
      return { ok: false, status: 429, reason: `${this.#limits.perAddress} connections are open from your address`, retryAfterS: 60 };
    }
    const waitMs = visitor?.connects.take(now) ?? 0;
    if (waitMs > 0) {
      return { ok: false, status: 429, reason: 'too many new connections from your address', retryAfterS: Math.ceil(waitMs / 1000) };
    }
    return { ok: true, admission: this.#admit(visitor) };
  }

  #visitorFrom(network: string): Visitor {
    const known = this.#visitors.get(network);
    if (known !== undefined) return known;
    const visitor = { connects: new RateLimit(this.#limits.connects), open: 0 };
    this.#visitors.set(network, visitor);
    return visitor;
  }

  #admit(visitor: Visitor | null): Admission {
    if (visitor !== null) visitor.open++;
    this.#unproven++;
    let unproven = true;
    const proven = () => {
      if (unproven) this.#unproven--;
      unproven = false;
    };
    return {
      proven,
      left: () => {
        proven();
        if (visitor !== null) visitor.open--;
      },
    };
  }

  /** Forgets addresses of which nothing need be remembered. */
  sweep(now: number): void {
    for (const [network, { open, connects }] of this.#visitors) {
      if (open === 0 && connects.isFresh(now)) this.#visitors.delete(network);
    }
  }
}
