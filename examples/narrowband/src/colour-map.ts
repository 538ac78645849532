import type { Colour } from './canvas.ts';

/** From night to flame: rises evenly in brightness, so that it can be read without telling colours apart. */
const STOPS: readonly Colour[] = [
  [4, 4, 16],
  [30, 16, 72],
  [80, 18, 110],
  [132, 32, 107],
  [184, 50, 84],
  [228, 86, 50],
  [249, 142, 22],
  [248, 205, 64],
  [252, 252, 190],
];

/** The colour of a brightness from 0 to 1; beyond that, of the nearer end. */
export function flame(brightness: number): Colour {
  const position = Math.min(1, Math.max(0, brightness)) * (STOPS.length - 1);
  const below = Math.min(STOPS.length - 2, Math.floor(position));
  const [from, to] = [STOPS[below] as Colour, STOPS[below + 1] as Colour];
  const mix = (i: 0 | 1 | 2): number => Math.round(from[i] + (to[i] - from[i]) * (position - below));
  return [mix(0), mix(1), mix(2)];
}
