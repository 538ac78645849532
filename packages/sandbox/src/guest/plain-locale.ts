// Taken before any task code runs.
const { apply } = Reflect;

/** Without Intl, everything that would ask for the machine's language and region gives the same plain answer everywhere. */
export function flattenLocale(realm: typeof globalThis): void {
  const { Number: number, BigInt: bigint, Date: date, String: string } = realm;
  alias(number.prototype, 'toLocaleString', number.prototype.toString);
  alias(bigint.prototype, 'toLocaleString', bigint.prototype.toString);
  alias(date.prototype, 'toLocaleString', date.prototype.toString);
  alias(date.prototype, 'toLocaleDateString', date.prototype.toDateString);
  alias(date.prototype, 'toLocaleTimeString', date.prototype.toTimeString);
  alias(string.prototype, 'toLocaleLowerCase', string.prototype.toLowerCase);
  alias(string.prototype, 'toLocaleUpperCase', string.prototype.toUpperCase);
  define(string.prototype, 'localeCompare', function localeCompare(this: string, that: string): number {
    const [a, b] = [String(this), String(that)];
    return a < b ? -1 : a > b ? 1 : 0;
  });
}

/** Callers pass locales and options; the plain function must not take them for its own arguments (`toString(radix)`). */
function alias(prototype: object, name: string, plain: () => string): void {
  define(prototype, name, function (this: unknown): string {
    return apply(plain, this, []);
  });
}

function define(prototype: object, name: string, value: (...args: never[]) => unknown): void {
  Object.defineProperty(prototype, name, { value, writable: true, enumerable: false, configurable: true });
}
