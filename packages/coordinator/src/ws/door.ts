/** Who may come in: refuses before the WebSocket handshake, so that a refusal costs next to nothing. */
import { isLoopback, networkOf, siteOf } from '../domain/address.ts';
import type { LoadGauge } from '../ports/load-gauge.ts';
import type { AddressBook } from './address-book.ts';
import { KeyedRate } from './keyed-rate.ts';
import type { WaitingRoom } from './waiting-room.ts';
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
  readonly retryAfterMs?: number;
}
export type Knock = { readonly ok: true; readonly admission: Admission } | Rebuff;

export interface DoorParts {
  readonly limits: WsLimits;
  readonly load: LoadGauge;
  readonly addresses: Pick<AddressBook, 'penaltyMs'>;
  readonly room: Pick<WaitingRoom, 'turnAway'>;
}

interface PlaceKeeper {
  proven(): void;
  left(places: readonly string[]): void;
}

class Place implements Admission {
  readonly #places: readonly string[];
  readonly #keeper: PlaceKeeper;
  #isProven = false;

  constructor(places: readonly string[], keeper: PlaceKeeper) {
    this.#places = places;
    this.#keeper = keeper;
  }

  proven(): void {
    if (!this.#isProven) this.#keeper.proven();
    this.#isProven = true;
  }

  left(): void {
    this.proven();
    this.#keeper.left(this.#places);
  }
}

const FULL_HOUSE_MS = 60_000;

export class Door {
  readonly #parts: DoorParts;
  readonly #connects: KeyedRate;
  /** Connections open now by network and by site; none of which there are none. */
  readonly #open = new Map<string, number>();
  /** One for all places. */
  readonly #keeper: PlaceKeeper = {
    proven: () => this.#unproven--,
    left: (places) => this.#count(places, -1),
  };
  #unproven = 0;

  constructor(parts: DoorParts) {
    this.#parts = parts;
    this.#connects = new KeyedRate(parts.limits.connects);
  }

  knock(address: string, now: number): Knock {
    const isCounted = this.#parts.limits.limitLoopback || !isLoopback(address);
    const places = isCounted ? [networkOf(address), siteOf(address)].filter((place) => place !== null) : [];
    const rebuff = (isCounted ? this.#penalty(address) : null) ?? this.#crowd(isCounted) ?? this.#excess(places, now);
    return rebuff ?? { ok: true, admission: this.#admit(places) };
  }

  #penalty(address: string): Rebuff | null {
    const retryAfterMs = this.#parts.addresses.penaltyMs(address);
    return retryAfterMs === 0 ? null : { ok: false, status: 429, reason: 'too many broken frames came from your address', retryAfterMs };
  }

  #crowd(isCounted: boolean): Rebuff | null {
    const most = this.#mostUnproven(isCounted);
    if (this.#unproven < most) return null;
    const reason = most === 0 ? 'the coordinator has too much to do' : `${most} connections wait to prove themselves`;
    return { ok: false, status: 503, reason, retryAfterMs: this.#parts.room.turnAway() };
  }

  #mostUnproven(isCounted: boolean): number {
    const { load, limits } = this.#parts;
    if (!isCounted) return limits.unproven;
    if (load.sheds('heartbeat')) return 0;
    // Never shut before it must be: those who wait outside would only become more.
    if (load.sheds('work-request')) return Math.ceil(limits.unprovenUnderStrain / 8);
    return load.sheds('hello') ? limits.unprovenUnderStrain : limits.unproven;
  }

  #excess(places: readonly string[], now: number): Rebuff | null {
    const { perAddress, perSite } = this.#parts.limits;
    for (const [i, most] of [perAddress, perSite].entries()) {
      if ((this.#open.get(places[i] ?? '') ?? 0) >= most)
        return { ok: false, status: 429, reason: `${most} connections are open from your address`, retryAfterMs: FULL_HOUSE_MS };
    }
    const retryAfterMs = places[0] === undefined ? 0 : this.#connects.take(places[0], now);
    return retryAfterMs === 0 ? null : { ok: false, status: 429, reason: 'too many new connections from your address', retryAfterMs };
  }

  #admit(places: readonly string[]): Admission {
    this.#count(places, 1);
    this.#unproven++;
    return new Place(places, this.#keeper);
  }

  #count(places: readonly string[], by: 1 | -1): void {
    for (const place of places) {
      const open = (this.#open.get(place) ?? 0) + by;
      if (open > 0) this.#open.set(place, open);
      else this.#open.delete(place);
    }
  }

  /** Forgets addresses of which nothing need be remembered. */
  sweep(now: number): void {
    this.#connects.sweep(now);
  }
}
