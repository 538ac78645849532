import { type CloseCode, type Downstream, downstreamSchema } from '@manyhands/protocol';

type Frame<Type extends Downstream['type']> = Extract<Downstream, { type: Type }>;

/** The coordinator's end of a connection, written down. A frame the protocol does not know, or one nobody expected, fails the test. */
export class RecordingLink {
  readonly #unread: Downstream[] = [];
  /** What the network has not taken yet, as the coordinator sees it. */
  bufferedBytes = 0;
  closed: { readonly code: CloseCode; readonly reason: string } | null = null;
  /** Hears every frame at once, before it is read. */
  onFrame: ((frame: Downstream) => void) | null = null;

  send(frame: Downstream): void {
    if (this.closed !== null) return;
    downstreamSchema.parse(frame);
    this.#unread.push(frame);
    this.onFrame?.(frame);
  }

  close(code: CloseCode, reason: string): void {
    this.closed ??= { code, reason };
  }

  get unread(): readonly Downstream['type'][] {
    return this.#unread.map(({ type }) => type);
  }

  /** The next frame, which must be of this type. */
  take<Type extends Downstream['type']>(type: Type): Frame<Type> {
    const frame = this.#unread.shift();
    if (frame?.type !== type) throw new Error(`expected ${type}, but the next frame is ${JSON.stringify(frame)}`);
    return frame as Frame<Type>;
  }

  /** All frames that follow each other and are of this type; none is fine. */
  takeAll<Type extends Downstream['type']>(type: Type): Frame<Type>[] {
    const frames: Frame<Type>[] = [];
    while (this.#unread[0]?.type === type) frames.push(this.#unread.shift() as Frame<Type>);
    return frames;
  }
}
