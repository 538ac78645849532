/**
 * A connection and both its ends. Frames keep their order and take their time; the coordinator hears the next one when it is done with the one before,
 * as its gateway does. Whoever breaks the connection, some of what is under way still arrives and the rest does not.
 */
import { type CloseCode, type Downstream, downstreamSchema, type Upstream } from '@manyhands/protocol';
import type { HostIdentity, Session } from '../../packages/coordinator/src/engine/coordinator.ts';
import type { WorkerLink } from '../../packages/coordinator/src/ports/worker-link.ts';
import type { Chance } from './chance.ts';
import type { Life } from './life.ts';
import type { VirtualTime } from './virtual-time.ts';

export type Said = Exclude<Upstream, { type: 'hello' }>;
/** `opened` stands for `welcome`: quota and heartbeat. `lost`: the connection is gone. */
export type Heard = Downstream | { readonly type: 'opened'; readonly session: Session } | { readonly type: 'lost'; readonly why: string };

export interface ConnectionPorts {
  readonly life: Life;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly latencyMs: number;
  /** The coordinator's words as they leave it, before they are under way. */
  onSent(frame: Downstream): void;
  onHeard(heard: Heard): void;
}

/** What a frame under way counts for: a host that reads slowly has some in its buffers. */
const FRAME_BYTES = 200_000;

export class SimulatedConnection implements WorkerLink {
  readonly #ports: ConnectionPorts;
  readonly #down: Heard[] = [];
  readonly #up: Said[] = [];
  #downAt = 0;
  #upAt = 0;
  #session: Session | null = null;
  #isHearing = false;
  #isClosedHere = false;
  #hasLeft = false;

  constructor(ports: ConnectionPorts) {
    this.#ports = ports;
  }

  get life(): Life {
    return this.#ports.life;
  }

  /** Nothing is under way, either way. */
  get isQuiet(): boolean {
    return this.#down.length + this.#up.length === 0 && !this.#isHearing && this.#session !== null;
  }

  get bufferedBytes(): number {
    return this.#down.length * FRAME_BYTES;
  }

  open(identity: HostIdentity): void {
    this.#arrive(() => {
      this.#isHearing = true;
      void this.life.coordinator.openSession(identity, this).then((session) => {
        if (this.life.isDead) return;
        this.#session = session;
        this.#isHearing = false;
        this.#send({ type: 'opened', session });
        if (this.#hasLeft) session.close();
        else this.#hearNext();
      });
    });
  }

  /** The coordinator speaks. */
  send(frame: Downstream): void {
    if (this.life.isDead || this.#isClosedHere) return;
    downstreamSchema.parse(frame);
    this.#ports.onSent(frame);
    this.#send(frame);
  }

  close(code: CloseCode, reason: string): void {
    if (this.life.isDead || this.#isClosedHere) return;
    this.#isClosedHere = true;
    this.#send({ type: 'lost', why: `${code} ${reason}` });
  }

  /** The host speaks. */
  say(message: Said): void {
    this.#up.push(message);
    this.#arrive(() => this.#hearNext());
  }

  /** The host breaks it. The coordinator notices after `noticedMs`. */
  leave(noticedMs: number): void {
    const { chance, time } = this.#ports;
    this.#hasLeft = true;
    this.#down.length = 0;
    this.#up.length = chance.int(0, this.#up.length);
    time.after(Math.max(noticedMs, this.#upAt - time.now), () => this.life.hear(() => this.#session?.close()));
  }

  /** The coordinator is dead. */
  sever(): void {
    this.#down.length = this.#ports.chance.int(0, this.#down.length);
    this.#up.length = 0;
    this.#send({ type: 'lost', why: 'the coordinator is gone' });
  }

  #send(heard: Heard): void {
    const { time, chance, latencyMs } = this.#ports;
    if (this.#hasLeft) return;
    this.#down.push(heard);
    this.#downAt = Math.max(this.#downAt, time.now + chance.around(latencyMs));
    time.after(this.#downAt - time.now, () => {
      const next = this.#down.shift();
      if (next !== undefined && !this.#hasLeft) this.#ports.onHeard(next);
    });
  }

  #arrive(work: () => void): void {
    const { time, chance, latencyMs, life } = this.#ports;
    this.#upAt = Math.max(this.#upAt, time.now + chance.around(latencyMs));
    time.after(this.#upAt - time.now, () => life.hear(work));
  }

  #hearNext(): void {
    if (this.#isHearing || this.#session === null || this.#isClosedHere) return;
    const message = this.#up.shift();
    if (message === undefined) return;
    this.#isHearing = true;
    void this.#session.receive(message).then(() => {
      this.#isHearing = false;
      this.#hearNext();
    });
  }
}
