/** Numbers and times in words. */

const counts = new Intl.NumberFormat('en');

export const count = (n: number): string => counts.format(Math.round(n));

export const plural = (n: number, word: string): string => `${count(n)} ${word}${n === 1 ? '' : 's'}`;

/** Two parts at most: `3 min 20 s`, `2 days 4 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

export function rate(perSecond: number): string {
  if (perSecond === 0) return 'no units a second';
  return perSecond >= 10
    ? `${count(perSecond)} units/s`
    : perSecond >= 0.1
      ? `${perSecond.toFixed(1)} units/s`
      : `${(perSecond * 60).toFixed(1)} units/min`;
}

/** One line, cut at `most` characters. */
export function shortened(text: string, most: number): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= most ? line : `${line.slice(0, Math.max(0, most - 1))}…`;
}

/** Swedes write dates as everybody can read them: 2026-05-01 10:02:14, in the reader's own time. */
const moments = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });

export const moment = (at: number): string => moments.format(at);
