/**
 * How daemon and runner talk over the runner's stdin and stdout. A frame is
 *
 *   u32 bytes that follow · u32 bytes of header · header: JSON `{ message, sizes }` · parts, one after the other, as long as `sizes` says
 *
 * all little-endian. The daemon never deserializes anything but this JSON: a fallen runner writes here (SANDBOX §6).
 */

export interface Frame {
  readonly message: unknown;
  readonly parts: readonly Uint8Array[];
}

const PREFIX_BYTES = 8;

export function encodeFrame(message: object, parts: readonly Uint8Array[] = []): Uint8Array {
  const header = Buffer.from(JSON.stringify({ message, sizes: parts.map((part) => part.byteLength) }));
  const prefix = Buffer.allocUnsafe(PREFIX_BYTES);
  const bodyBytes = header.byteLength + parts.reduce((sum, part) => sum + part.byteLength, 0);
  prefix.writeUInt32LE(bodyBytes + 4, 0);
  prefix.writeUInt32LE(header.byteLength, 4);
  return Buffer.concat([prefix, header, ...parts]);
}

/** The other side broke the protocol; nothing it says is worth reading any more. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export interface FrameDecoder {
  /** The frames that are complete with this chunk. Throws FrameError. */
  push(chunk: Uint8Array): Frame[];
}

/** `limitBytes` bounds one frame, and with it what the decoder holds. */
export function createFrameDecoder(limitBytes: number): FrameDecoder {
  let chunks: Uint8Array[] = [];
  let held = 0;
  // Joined only when a frame is complete, so that a large one is not copied once for every chunk.
  const join = (): Buffer => {
    const whole = chunks.length === 1 ? asBuffer(chunks[0] as Uint8Array) : Buffer.concat(chunks);
    chunks = [whole];
    return whole;
  };
  return {
    push(chunk) {
      chunks.push(chunk);
      held += chunk.byteLength;
      const frames: Frame[] = [];
      for (let needed = neededBytes(chunks, held, join, limitBytes); held >= needed; needed = neededBytes(chunks, held, join, limitBytes)) {
        const whole = join();
        frames.push(parseFrame(whole.subarray(4, needed)));
        held -= needed;
        chunks = held > 0 ? [whole.subarray(needed)] : [];
      }
      return frames;
    },
  };
}

/** How many bytes the next frame takes with its prefix, as far as that is known. */
function neededBytes(chunks: readonly Uint8Array[], held: number, join: () => Buffer, limitBytes: number): number {
  if (held < PREFIX_BYTES) return PREFIX_BYTES;
  const first = chunks[0] as Uint8Array;
  const bodyBytes = (first.byteLength >= 4 ? asBuffer(first) : join()).readUInt32LE(0);
  if (bodyBytes < 4 || bodyBytes > limitBytes) throw new FrameError(`a frame of ${bodyBytes} bytes; at most ${limitBytes} are allowed`);
  return bodyBytes + 4;
}

function parseFrame(body: Buffer): Frame {
  const headerBytes = body.readUInt32LE(0);
  if (headerBytes > body.byteLength - 4) throw new FrameError('a header longer than its frame');
  const { message, sizes } = parseHeader(body.subarray(4, 4 + headerBytes));
  let at = 4 + headerBytes;
  const parts = sizes.map((size) => {
    at += size;
    return body.subarray(at - size, at);
  });
  if (at !== body.byteLength) throw new FrameError('the parts do not fill the frame');
  return { message, parts };
}

function parseHeader(bytes: Buffer): { message: unknown; sizes: number[] } {
  let header: { message?: unknown; sizes?: unknown };
  try {
    header = JSON.parse(bytes.toString('utf8')) as typeof header;
  } catch {
    throw new FrameError('a header that is not JSON');
  }
  const sizes = header?.sizes;
  if (!Array.isArray(sizes) || !sizes.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw new FrameError('a header without sizes');
  return { message: header.message, sizes: sizes as number[] };
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
