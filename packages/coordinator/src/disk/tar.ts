/**
 * Files one behind the other in one file, as `tar` reads and writes them (POSIX ustar): a header of 512 bytes, the content, zeros up to the next
 * 512; at the end two blocks of zeros. Plain files only, with names of at most 100 ASCII characters; sizes beyond 8 GiB are written as GNU does.
 */
import type { FileHandle } from 'node:fs/promises';
import { Digester } from '@manyhands/identity';
import type { Digest } from '@manyhands/protocol';

const BLOCK = 512;
const NAME = { at: 0, bytes: 100 };
const MODE = { at: 100, bytes: 8 };
const SIZE = { at: 124, bytes: 12 };
const TIME = { at: 136, bytes: 12 };
const SUM = { at: 148, bytes: 8 };
const TYPE = { at: 156, bytes: 1 };
const MAGIC = { at: 257, bytes: 8 };
type Field = typeof NAME;

/** What is read is not what was written. */
export class BrokenArchive extends Error {
  override readonly name = 'BrokenArchive';
}

const PLAIN_FILE = '0';
const OWNER_ONLY = 0o600;
const LARGEST_OCTAL = 8 ** 11 - 1;
/** The first bit of a size that is a number and no text. */
const IS_BINARY = 0x80;

export interface TarEntry {
  readonly name: string;
  readonly bytes: number;
}

/** Everything is for its owner's eyes only. Not safe after a failure: throw the file away. */
export class TarWriter {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Resolves to the digest of the content, of which there must be exactly so many bytes. */
  async add({ name, bytes }: TarEntry, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, at: Date): Promise<Digest> {
    await this.#write(headerOf({ name, bytes }, at));
    const digester = new Digester();
    let written = 0;
    for await (const piece of content) {
      written += piece.byteLength;
      digester.update(piece);
      await this.#write(piece);
    }
    if (written !== bytes) throw new Error(`${name} has ${written} bytes, and ${bytes} were announced`);
    await this.#write(Buffer.alloc(paddingOf(bytes)));
    return digester.digest();
  }

  /** Whole and on the disk when it resolves. */
  async end(): Promise<void> {
    await this.#write(Buffer.alloc(2 * BLOCK));
    await this.#file.sync();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.byteLength; ) at += (await this.#file.write(bytes, at)).bytesWritten;
  }
}

/** Each entry in order; its content must be read to the end before the next. Ends where the file ends, whole or not. Throws BrokenArchive. */
export async function* readTar(file: FileHandle): AsyncGenerator<TarEntry & { readonly content: AsyncIterable<Uint8Array> }> {
  for (let at = 0; ; ) {
    const header = await readBlock(file, at);
    if (header === null || header.every((byte) => byte === 0)) return;
    const entry = parseHeader(header);
    yield { ...entry, content: readPart(file, at + BLOCK, entry.bytes) };
    at += BLOCK + entry.bytes + paddingOf(entry.bytes);
  }
}

const paddingOf = (bytes: number): number => (BLOCK - (bytes % BLOCK)) % BLOCK;

function headerOf({ name, bytes }: TarEntry, at: Date): Buffer {
  const header = Buffer.alloc(BLOCK);
  const put = (field: Field, text: string) => header.write(text, field.at, field.bytes, 'latin1');
  const octal = (field: Field, value: number) => put(field, value.toString(8).padStart(field.bytes - 1, '0'));
  if (name.length > NAME.bytes) throw new Error(`${name} is too long a name`);
  put(NAME, name);
  octal(MODE, OWNER_ONLY);
  if (bytes <= LARGEST_OCTAL) octal(SIZE, bytes);
  else {
    header.writeUInt8(IS_BINARY, SIZE.at);
    header.writeBigUInt64BE(BigInt(bytes), SIZE.at + 4);
  }
  octal(TIME, Math.floor(at.getTime() / 1000));
  put(TYPE, PLAIN_FILE);
  put(MAGIC, 'ustar\x0000');
  octal({ ...SUM, bytes: 7 }, sumOf(header));
  return header;
}

function parseHeader(header: Buffer): TarEntry {
  const text = ({ at, bytes }: Field) => (header.toString('latin1', at, at + bytes).split('\0')[0] as string).trim();
  const isOurs = text(MAGIC).startsWith('ustar') && text(TYPE) === PLAIN_FILE && Number.parseInt(text(SUM), 8) === sumOf(header);
  const isBinary = header.readUInt8(SIZE.at) === IS_BINARY;
  const bytes = isBinary ? Number(header.readBigUInt64BE(SIZE.at + 4)) : Number.parseInt(text(SIZE), 8);
  if (!isOurs || !Number.isSafeInteger(bytes)) throw new BrokenArchive('what should be the header of a file is none');
  return { name: text(NAME), bytes };
}

/** Of all bytes, those of the sum itself taken as blanks. */
const sumOf = (header: Buffer): number =>
  header.reduce((sum, byte, at) => sum + (at >= SUM.at && at < SUM.at + SUM.bytes ? 0x20 : byte), 0);

/** null: the file ends before. */
async function readBlock(file: FileHandle, at: number): Promise<Buffer | null> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(BLOCK), 0, BLOCK, at);
  return bytesRead === BLOCK ? buffer : null;
}

const PIECE = 2 ** 20;

/** So many bytes from there on; what is read is overwritten by the next piece. Throws BrokenArchive when there are fewer. */
export async function* readPart(file: FileHandle, from: number, bytes: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(Math.min(PIECE, bytes));
  for (let done = 0; done < bytes; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(PIECE, bytes - done), from + done);
    if (bytesRead === 0) throw new BrokenArchive('it ends in the middle of a file');
    yield buffer.subarray(0, bytesRead);
    done += bytesRead;
  }
}
