/** The bytes of one file: what is on the disk for sure, and what was written since. */
import type { Chance } from '../../simulation/chance.ts';

const PAGE = 4_096;
const SECTOR = 512;

interface Write {
  readonly at: number;
  readonly bytes: Buffer;
}

/** How much of what is not synced a power cut leaves: nothing, all, of every page what some moment left of it. */
type Mercy = 'nothing' | 'all' | 'some';
const MERCIES: readonly Mercy[] = ['nothing', 'all', 'some', 'some', 'some'];

export class FileContent {
  #durable: Buffer;
  /** Since the last sync, in order. A number: the file was cut to that size. */
  #pending: (Write | number)[] = [];
  /** Where the next write goes that does not say so. */
  #at = 0;

  constructor(durable: Buffer = Buffer.alloc(0)) {
    this.#durable = durable;
  }

  rewind(): void {
    this.#at = 0;
  }

  /** `at` null: behind the last. */
  write(at: number | null, bytes: Buffer): void {
    const from = at ?? this.#at;
    if (at === null) this.#at += bytes.length;
    this.#pending.push(...piecesOf({ at: from, bytes }));
  }

  truncate(size: number): void {
    this.#pending.push(size);
  }

  sync(): void {
    this.#durable = withAll(this.#durable, this.#pending);
    this.#pending = [];
  }

  afterPowerCut(chance: Chance): Buffer {
    const mercy = chance.pick(MERCIES);
    if (mercy === 'nothing' || this.#pending.length === 0) return this.#durable;
    if (mercy === 'all') return withAll(this.#durable, this.#pending);
    // What comes behind a cut in size is only there when the cut is.
    const cuts = this.#pending.flatMap((change, i) => (typeof change === 'number' ? [i + 1] : []));
    const from = chance.pick([0, ...cuts]);
    const to = cuts.find((cut) => cut > from) ?? this.#pending.length;
    const base = withAll(this.#durable, this.#pending.slice(0, from));
    const writes = this.#pending.slice(from, to).filter((change) => typeof change !== 'number');
    return withAll(
      base,
      [...Map.groupBy(writes, pageOf).values()].flatMap((page) => survivorsOf(page, chance)),
    );
  }
}

const pageOf = ({ at }: Write): number => Math.floor(at / PAGE);

/** By pages, which reach the disk one by one. */
function piecesOf({ at, bytes }: Write): Write[] {
  const pieces: Write[] = [];
  for (let done = 0; done < bytes.length; ) {
    const length = Math.min(PAGE - ((at + done) % PAGE), bytes.length - done);
    pieces.push({ at: at + done, bytes: bytes.subarray(done, done + length) });
    done += length;
  }
  return pieces;
}

const TORN = 0.1;

/** The page as it was after some of its writes; torn, its end is of another moment than its beginning. */
function survivorsOf(page: readonly Write[], chance: Chance): Write[] {
  const kept = chance.int(0, page.length);
  if (!chance.isTrue(TORN)) return page.slice(0, kept);
  const tearAt = Math.floor((page[0] as Write).at / PAGE) * PAGE + SECTOR * chance.int(1, PAGE / SECTOR - 1);
  const beginnings = page.slice(0, kept).map(({ at, bytes }) => ({ at, bytes: bytes.subarray(0, Math.max(0, tearAt - at)) }));
  const ends = page.slice(0, chance.int(0, page.length)).flatMap(({ at, bytes }) => {
    const cut = Math.max(0, tearAt - at);
    return cut < bytes.length ? [{ at: at + cut, bytes: bytes.subarray(cut) }] : [];
  });
  return [...beginnings, ...ends].filter(({ bytes }) => bytes.length > 0);
}

function withAll(base: Buffer, changes: readonly (Write | number)[]): Buffer {
  if (changes.length === 0) return base;
  let size = base.length;
  let most = size;
  for (const change of changes) {
    size = typeof change === 'number' ? change : Math.max(size, change.at + change.bytes.length);
    most = Math.max(most, size);
  }
  const content = Buffer.alloc(most);
  base.copy(content);
  let end = base.length;
  for (const change of changes) {
    if (typeof change === 'number') {
      content.fill(0, Math.min(change, end), end);
      end = change;
    } else {
      change.bytes.copy(content, change.at);
      end = Math.max(end, change.at + change.bytes.length);
    }
  }
  return content.subarray(0, size);
}
