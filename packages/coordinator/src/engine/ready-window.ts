/**
 * The units of one job that have ready replicas, as far as they are kept at hand: a bounded list in order of arrival.
 * A host is never shown twice what it may not have: once ineligible, always ineligible, so each host needs only a mark in the list.
 * What does not fit is left to the store (`hasMore`) and paged in when there is room.
 */
import type { WorkUnit } from '../domain/work-unit.ts';

interface Slot {
  /** Rises along the list. */
  readonly seq: number;
  /** null: it is gone. */
  unit: WorkUnit | null;
}

/** `ineligible` this host may never have it · `taken` another host was quicker in this batch · `gone` it has no ready replica any more. */
export type Offer = 'issued' | 'ineligible' | 'taken' | 'gone';

export class ReadyWindow {
  readonly #limit: number;
  readonly #marks = new WeakMap<object, number>();
  readonly #byIndex = new Map<number, Slot>();
  #slots: Slot[] = [];
  #nextSeq = 0;
  /** The index behind which the next page begins; −1: a new round through the store. */
  #pagedTo = -1;
  /** Something ready is not here and was not seen in this round. */
  #isMissing: boolean;

  /** `isMissing`: the store may hold units of this job that were ready before this list began. */
  constructor(limit: number, isMissing: boolean) {
    this.#limit = limit;
    this.#isMissing = isMissing;
  }

  get size(): number {
    return this.#byIndex.size;
  }

  /** The store may hold ready units that are not here. */
  get hasMore(): boolean {
    return this.#isMissing || this.#pagedTo !== -1;
  }

  /** The index behind which to read the next page. What does not fit from here on is for another round. */
  beginPage(): number {
    if (this.#pagedTo === -1) this.#isMissing = false;
    return this.#pagedTo;
  }

  /** The unit has a ready replica, as of now. */
  offer(unit: WorkUnit): void {
    this.drop(unit.index);
    if (this.#byIndex.size >= this.#limit) this.#isMissing = true;
    else this.#append(unit);
  }

  /** It has none any more. */
  drop(index: number): void {
    const slot = this.#byIndex.get(index);
    if (slot === undefined) return;
    this.#empty(slot);
    if (this.#slots.length > 64 && this.#slots.length > 2 * this.#byIndex.size)
      this.#slots = this.#slots.filter(({ unit }) => unit !== null);
  }

  /** The next page of the store's; shorter than asked means that it was the last. Units already here are left as they are. */
  acceptPage(units: readonly WorkUnit[], isLast: boolean): void {
    this.#pagedTo = isLast ? -1 : (units.at(-1)?.index ?? -1);
    for (const unit of units) {
      if (this.#byIndex.has(unit.index)) continue;
      if (this.#byIndex.size >= this.#limit) this.#evictOldest();
      this.#append(unit);
    }
  }

  /** Everything is left to the store again. */
  forget(): void {
    this.#slots = [];
    this.#byIndex.clear();
    this.#pagedTo = -1;
    this.#isMissing = true;
  }

  /** Shows units to `eater`, oldest first, until `want` were issued. Returns how many were. */
  take(eater: object, want: number, offer: (known: WorkUnit) => Offer): number {
    let issued = 0;
    let mark = this.#marks.get(eater) ?? 0;
    let isBehindMark = true;
    for (let at = this.#position(mark); at < this.#slots.length && issued < want; at++) {
      const slot = this.#slots[at] as Slot;
      const answer = slot.unit === null ? 'gone' : offer(slot.unit);
      if (answer === 'issued') issued++;
      if (answer === 'gone') this.#empty(slot);
      if (answer === 'issued' || answer === 'taken') isBehindMark = false;
      else if (isBehindMark) mark = slot.seq + 1;
    }
    this.#marks.set(eater, mark);
    return issued;
  }

  #append(unit: WorkUnit): void {
    const slot = { seq: this.#nextSeq++, unit };
    this.#slots.push(slot);
    this.#byIndex.set(unit.index, slot);
  }

  /** Leaves the list's places as they are. */
  #empty(slot: Slot): void {
    if (slot.unit !== null) this.#byIndex.delete(slot.unit.index);
    slot.unit = null;
  }

  #evictOldest(): void {
    const [index] = this.#byIndex.keys();
    if (index !== undefined) this.drop(index);
    this.#isMissing = true;
  }

  /** The first slot at or behind `seq`. */
  #position(seq: number): number {
    let low = 0;
    let high = this.#slots.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#slots[middle] as Slot).seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
