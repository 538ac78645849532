/** A shape and a colour for each scheme: never colour alone. */

const PATHS = [
  'M0-1.1A1.1 1.1 0 1 0 .01-1.1Z',
  'M-1-1H1V1H-1Z',
  'M0-1.3L1.25 1H-1.25Z',
  'M0-1.4L1.4 0 0 1.4-1.4 0Z',
  'M-1.25-1H1.25L0 1.3Z',
  'M-.4-1.3H.4V-.4H1.3V.4H.4V1.3H-.4V.4H-1.3V-.4H-.4Z',
];
export const COLOURS = 8;

export const SHAPES = PATHS.map((path, at) => `<path id="shape${at}" d="${path}"/>`).join('');

export interface Point {
  readonly x: number;
  readonly y: number;
}

const use = (scheme: number, { x, y }: Point, size: number): string =>
  `<use href="#shape${scheme % PATHS.length}" class="mark c${scheme % COLOURS}" transform="translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${size})"/>`;

export const markOf = (scheme: number, at: Point, size: number, words: string): string =>
  `<g><title>${words}</title>${use(scheme, at, size)}</g>`;

export const swatchOf = (scheme: number, at: Point): string => use(scheme, at, 5);
