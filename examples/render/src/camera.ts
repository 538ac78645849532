/** Where the picture is seen from, through a lens that is sharp at one distance. */
import { add, cross, length, normalize, scale, subtract, type Vector } from './vector.ts';

export interface Ray {
  readonly origin: Vector;
  /** Of length 1. */
  readonly direction: Vector;
}

const EYE: Vector = [1.2, 8.4, 16];
const TARGET: Vector = [0, 0.55, 0];
const LENS_RADIUS = 0.11;
/** Half the picture's height at distance 1. */
const HALF_HEIGHT = 0.285;

const FORWARD = normalize(subtract(TARGET, EYE));
const RIGHT = normalize(cross(FORWARD, [0, 1, 0]));
const UP = cross(RIGHT, FORWARD);
const FOCUS = length(subtract(TARGET, EYE)) - 2.6;

/** Through a point of the picture (x, y from −1 to 1, x scaled by `aspect`) and a point of the lens (a disk of radius 1). */
export function rayThrough(x: number, y: number, aspect: number, lens: readonly [number, number]): Ray {
  const across = add(scale(RIGHT, x * aspect * HALF_HEIGHT), scale(UP, y * HALF_HEIGHT));
  const sharp = add(EYE, scale(add(FORWARD, across), FOCUS));
  const origin = add(EYE, add(scale(RIGHT, lens[0] * LENS_RADIUS), scale(UP, lens[1] * LENS_RADIUS)));
  return { origin, direction: normalize(subtract(sharp, origin)) };
}
