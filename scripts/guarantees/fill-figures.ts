/**
 * Documents whose figures are filled in: `<!--=NAME.figure-->…<!--/-->` holds what was last measured under that name.
 * A path picks one of a list by what it says of itself: `sabotage.cells[scheme=quorum-2,f=0.05].wrong`. A ` %` behind it shows a share in percent.
 */

export type Figures = Readonly<Record<string, unknown>>;

const MARK = /<!--=(.*?)-->.*?<!--\/-->/g;
const STEP = /^\.?([\w-]+)(?:\[([^\]]+)\])?/;

/** The document with today's figures. Throws an Error that names the path which leads nowhere. */
export const fillFigures = (document: string, figures: Figures): string =>
  document.replaceAll(MARK, (_, path: string) => `<!--=${path}-->${shownAt(path, figures)}<!--/-->`);

export const countMarks = (document: string): number => [...document.matchAll(MARK)].length;

function shownAt(path: string, figures: Figures): string {
  const isShare = path.endsWith(' %');
  const value = figureAt(isShare ? path.slice(0, -2) : path, figures);
  if (typeof value === 'number')
    return isShare ? `${(value * 100).toLocaleString('en', { maximumFractionDigits: 1 })} %` : shownNumber(value);
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT/.test(value) ? value.slice(0, 10) : value;
  throw new Error(`there is no figure "${path}"`);
}

/** As many digits as were measured with any meaning: whole numbers whole, others three. */
const shownNumber = (value: number): string =>
  value.toLocaleString('en', Number.isInteger(value) ? {} : { maximumSignificantDigits: Math.abs(value) < 1_000 ? 3 : 6 });

function figureAt(path: string, figures: Figures): unknown {
  let value: unknown = figures;
  for (let rest = path; rest !== ''; ) {
    const [whole = '', name = '', selector] = STEP.exec(rest) ?? [];
    if (whole === '') throw new Error(`"${path}" is no path to a figure`);
    value = (value as Figures | undefined)?.[name];
    if (selector !== undefined) value = theOne(path, value, selector);
    rest = rest.slice(whole.length);
  }
  return value;
}

/** The only element of which all of `key=value,…` is true. */
function theOne(path: string, list: unknown, selector: string): unknown {
  const wanted = selector.split(',').map((pair) => pair.split('='));
  const found = (Array.isArray(list) ? list : []).filter((one: Figures) => wanted.every(([key = '', value]) => String(one[key]) === value));
  if (found.length === 1) return found[0];
  throw new Error(`"${path}" names ${found.length} figures`);
}
