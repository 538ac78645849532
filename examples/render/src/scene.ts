/** What is in the picture: a sunflower of spheres, laid out as seeds are in the head of the flower, under an evening sky. */
import { add, mix, normalize, scale, type Vector } from './vector.ts';

export type Material =
  | { readonly kind: 'matte'; readonly colour: Vector }
  /** `polish` 1: a mirror; 0: brushed. */
  | { readonly kind: 'metal'; readonly colour: Vector; readonly polish: number }
  | { readonly kind: 'glass'; readonly colour: Vector }
  /** A matte body under clear lacquer. */
  | { readonly kind: 'glossy'; readonly colour: Vector }
  | { readonly kind: 'lamp'; readonly light: Vector };

export interface Sphere {
  readonly centre: Vector;
  readonly radius: number;
  readonly material: Material;
}

export interface Scene {
  readonly spheres: readonly Sphere[];
  /** Indices of those that shine. */
  readonly lamps: readonly number[];
  /** The light that comes from a direction nothing stands in. */
  readonly sky: (direction: Vector) => Vector;
}

const SEEDS = 233;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
const FLOOR_RADIUS = 4000;

export function sunflower(): Scene {
  const seeds = Array.from({ length: SEEDS }, (_, i) => seed(i));
  const floor: Sphere = { centre: [0, -FLOOR_RADIUS, 0], radius: FLOOR_RADIUS, material: { kind: 'matte', colour: [0.13, 0.135, 0.18] } };
  const lamps: Sphere[] = [
    { centre: [-9, 11, 5], radius: 2.6, material: { kind: 'lamp', light: [26, 20, 13] } },
    { centre: [11, 12, 9], radius: 1.6, material: { kind: 'lamp', light: [9, 13, 22] } },
  ];
  const balls: Sphere[] = [
    { centre: [5.7, 1, 5.6], radius: 1, material: { kind: 'glass', colour: [0.97, 0.985, 1] } },
    { centre: [-7.6, 1.35, -4.4], radius: 1.35, material: { kind: 'metal', colour: [0.93, 0.93, 0.95], polish: 1 } },
  ];
  const spheres = [floor, ...seeds, ...balls, ...lamps];
  return { spheres, lamps: lamps.map((_, i) => spheres.length - lamps.length + i), sky: evening };
}

/** Seed i: a golden angle further round than the one before, further out, and larger. */
function seed(i: number): Sphere {
  const distance = 0.45 * Math.sqrt(i + 0.5);
  const angle = i * GOLDEN_ANGLE;
  const radius = 0.26 + 0.008 * Math.sqrt(i);
  const lift = 1.9 * Math.exp(-distance * distance * 0.075);
  const centre: Vector = [distance * Math.cos(angle), radius + lift, distance * Math.sin(angle)];
  return { centre, radius, material: materialOf(i, hue(1.12 - 0.5 * Math.sqrt(i / SEEDS))) };
}

/** Seeds that touch along a spiral are 21 apart: what repeats after 21 draws arms. */
function materialOf(i: number, colour: Vector): Material {
  switch (i % 21) {
    case 3:
    case 10:
    case 17:
      return { kind: 'metal', colour: [1, 0.76, 0.36], polish: 0.94 };
    case 6:
    case 13:
    case 20:
      return { kind: 'glossy', colour: mix(colour, [0.86, 0.84, 0.82], 0.8) };
    case 0:
      return { kind: 'matte', colour };
    default:
      return { kind: 'glossy', colour };
  }
}

/** Round the colour circle, softly: red 0, green 1/3, blue 2/3. */
function hue(position: number): Vector {
  const wave = (shift: number): number => (0.5 + 0.5 * Math.cos(2 * Math.PI * (position - shift))) ** 1.6;
  return add([0.03, 0.03, 0.03], scale([wave(0), wave(1 / 3), wave(2 / 3)], 0.86));
}

const HORIZON: Vector = [0.62, 0.33, 0.27];
const DUSK: Vector = [0.16, 0.13, 0.3];
const ZENITH: Vector = [0.015, 0.025, 0.085];

function evening(direction: Vector): Vector {
  const height = Math.max(0, normalize(direction)[1]);
  const glow = Math.exp(-7 * height);
  return mix(mix(ZENITH, DUSK, Math.exp(-2.2 * height)), HORIZON, glow * 0.75);
}
