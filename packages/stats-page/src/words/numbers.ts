/** Numbers and times as a reader says them. English only, so that server and browser write the same text. */
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** `3,412` */
export const count = (n: number): string => whole.format(n);

/** `1 machine`, `3,412 machines` */
export const counted = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** Three significant digits: `0.25`, `41.7`, `1,230`; from 10,000 on `12.3K`. */
export const rate = (n: number): string => (n >= 10_000 ? compact : short).format(n);

/** Share of a whole in percent; never rounds up to 100 or down to 0, because both are claims. */
export function percent(part: number, total: number): string {
  if (total === 0 || part === 0) return '0 %';
  if (part >= total) return '100 %';
  const exact = (part / total) * 100;
  if (exact < 1) return 'under 1 %';
  return `${Math.min(99, Math.round(exact))} %`;
}

const SECOND = 1_000;
const STEPS = [
  { unit: 'second', ms: SECOND, below: 90 * SECOND },
  { unit: 'minute', ms: 60 * SECOND, below: 90 * 60 * SECOND },
  { unit: 'hour', ms: 3_600 * SECOND, below: 36 * 3_600 * SECOND },
  { unit: 'day', ms: 86_400 * SECOND, below: 14 * 86_400 * SECOND },
  { unit: 'week', ms: 7 * 86_400 * SECOND, below: 70 * 86_400 * SECOND },
  { unit: 'month', ms: 30.44 * 86_400 * SECOND, below: 730 * 86_400 * SECOND },
  { unit: 'year', ms: 365.25 * 86_400 * SECOND, below: Number.POSITIVE_INFINITY },
] as const;

/** A length of time to one figure: `a few seconds`, `about 2 minutes`, `about 3 weeks`. */
export function duration(ms: number): string {
  if (ms < 10 * SECOND) return 'a few seconds';
  const step = STEPS.find(({ below }) => ms < below) ?? STEPS[STEPS.length - 1];
  return step === undefined ? 'unknown' : `about ${counted(Math.round(ms / step.ms), step.unit)}`;
}

/** Epoch milliseconds as `22 Nov 2026, 18:45:12 UTC`. */
const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
export const instant = (at: number): string => `${moment.format(at)} UTC`;
export const iso = (at: number): string => new Date(at).toISOString();
