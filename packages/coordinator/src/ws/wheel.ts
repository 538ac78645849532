/** Many deadlines, one timer: each member waits in the slot of its turn, and a turn costs what is due in it and nothing for the rest. */
export class Wheel<Member> {
  readonly #slots: Set<Member>[];
  readonly #turnMs: number;
  readonly #slotOf = new Map<Member, Set<Member>>();
  #at = 0;

  /** `spanMs`: whoever wants to wait longer is woken after that, and may wait again. */
  constructor(turnMs: number, spanMs: number) {
    this.#turnMs = turnMs;
    this.#slots = Array.from({ length: Math.ceil(spanMs / turnMs) + 1 }, () => new Set());
  }

  get size(): number {
    return this.#slotOf.size;
  }

  keys(): MapIterator<Member> {
    return this.#slotOf.keys();
  }

  /** Wakes it not before `delayMs`, and at most two turns later; what was set before is forgotten. */
  set(member: Member, delayMs: number): void {
    const turns = Math.min(this.#slots.length - 1, Math.max(1, Math.ceil(delayMs / this.#turnMs)));
    const slot = this.#slots[(this.#at + turns) % this.#slots.length] as Set<Member>;
    this.#slotOf.get(member)?.delete(member);
    this.#slotOf.set(member, slot.add(member));
  }

  delete(member: Member): void {
    this.#slotOf.get(member)?.delete(member);
    this.#slotOf.delete(member);
  }

  /** Called every `turnMs`: whose time has come. Each is to be set again, or deleted. */
  turn(): Member[] {
    this.#at = (this.#at + 1) % this.#slots.length;
    return [...(this.#slots[this.#at] as Set<Member>)];
  }
}
