/**
 * The order in which units are handed out where some are handed out again to check hosts (`confidence`): a secret one. In order of index a unit whose
 * answer is known would lie behind those that are new, and whoever was given it would know it for a canary (I21).
 *
 * A position in the order is a unit's turn: 0 is handed out first. Positions are cut into blocks, one after the other, and shuffled within; a block is
 * what was known of the job when the one before was used up, so that a job may grow. A permutation is computed and not stored: four rounds of a
 * Feistel network over the smallest square that holds the block, repeated until it falls into the block.
 */

/** `key`: what nobody outside can guess. Positions from `from` to before `to` are the block in use; all before it are handed out. */
export interface FreshOrder {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** Inputs of a stream are stored by thousands: a block is not much larger, or each unit would have another thousand read. */
const STREAM_BLOCK = 4_096;
const ROUNDS = [0, 1, 2, 3];

/** The order as it is for the unit at `position`, which is the next; `unitCount`: units known. */
export function orderAt(order: FreshOrder, position: number, unitCount: number, isStream: boolean): FreshOrder {
  if (position < order.to) return order;
  return { ...order, from: position, to: isStream ? Math.min(unitCount, position + STREAM_BLOCK) : unitCount };
}

/** The index of the unit whose turn is `position`, which is in the block or before it; before it, any of those, each once. */
export function freshIndex({ key, from, to }: FreshOrder, position: number): number {
  return position < from ? position : from + shuffled(`${key} ${from}`, to - from, position - from);
}

/** A permutation of 0 to before `size`, which is at most 2^52; another one for each key. */
export function shuffled(key: string, size: number, at: number): number {
  const half = 2 ** Math.ceil(Math.log2(Math.max(2, size)) / 2);
  const seeds = ROUNDS.map((round) => hashText(`${round} ${key}`));
  let value = at;
  do {
    let [left, right] = [Math.floor(value / half), value % half];
    for (const seed of seeds) [left, right] = [right, (left + mix(right ^ seed)) % half];
    value = left * half + right;
  } while (value >= size);
  return value;
}

/** 32 bits of the text (FNV-1a, mixed). */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** Every bit of it depends on every bit of `value` (the finalizer of MurmurHash 3). */
function mix(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
