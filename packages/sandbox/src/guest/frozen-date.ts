// Taken before any task code runs: a task that replaces Reflect.construct must not be handed the real Date.
const { construct } = Reflect;

/** A task has no clock: whatever asks for the present time gets `frozenAt`. The runner's time zone is UTC. */
export function freezeDate(realm: typeof globalThis, frozenAt: number): void {
  const RealDate = realm.Date;
  // A function and not a class, since `Date()` without `new` gives a text.
  function FrozenDate(...parts: unknown[]): unknown {
    if (new.target === undefined) return new RealDate(frozenAt).toString();
    return construct(RealDate, parts.length === 0 ? [frozenAt] : parts, new.target);
  }
  Object.defineProperties(FrozenDate, {
    name: { value: 'Date' },
    length: { value: RealDate.length },
    prototype: { value: RealDate.prototype, writable: false },
    now: { value: () => frozenAt, writable: true, configurable: true },
    parse: { value: RealDate.parse, writable: true, configurable: true },
    UTC: { value: RealDate.UTC, writable: true, configurable: true },
  });
  RealDate.prototype.constructor = FrozenDate;
  Object.defineProperty(realm, 'Date', { value: FrozenDate, writable: true, enumerable: false, configurable: true });
}
