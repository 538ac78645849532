/** Follows light backwards, from the eye through the scene to what shines. */
import type { Ray } from './camera.ts';
import type { Material, Scene, Sphere } from './scene.ts';
import { nearestHit, type SphereTree } from './sphere-tree.ts';
import { add, cross, dot, length, normalize, reflect, scale, subtract, tint, type Vector } from './vector.ts';

export interface World {
  readonly scene: Scene;
  readonly tree: SphereTree;
}
type Random = () => number;

const BLACK: Vector = [0, 0, 0];
const MAX_BOUNCES = 8;
/** From here on, dark paths are ended by chance and the survivors count more. */
const SAFE_BOUNCES = 3;
const NEAR = 1e-4;
const GLASS = 1.5;
/** Of light that meets lacquer or glass head on, what is thrown back. */
const FRESNEL = ((1 - GLASS) / (1 + GLASS)) ** 2;
/** A single lucky path must not leave a white dot: the most it may bring straight to the eye, and by way of a matte surface. */
const MAX_LIGHT = { straight: 12, scattered: 0.6 };

/** What a surface does with light: where the path goes on, and how much of the light goes with it. */
interface Bounce {
  readonly direction: Vector;
  readonly share: Vector;
  /** The surface scatters everywhere, so lamps were asked directly and must not count again if hit by chance. */
  readonly scattered: boolean;
}

/** The light that comes back along a ray, one sample of it. */
export function trace(world: World, ray: Ray, random: Random): Vector {
  let light = BLACK;
  let share: Vector = [1, 1, 1];
  let now = ray;
  let lampsAsked = false;
  let most = MAX_LIGHT.straight;
  for (let bounce = 0; bounce < MAX_BOUNCES; bounce++) {
    const hit = nearestHit(world.tree, now);
    if (hit === null) return add(light, atMost(tint(share, world.scene.sky(now.direction)), most));
    const { material, centre } = world.scene.spheres[hit.index] as Sphere;
    if (material.kind === 'lamp') return lampsAsked ? light : add(light, atMost(tint(share, material.light), most));
    const point = add(now.origin, scale(now.direction, hit.distance));
    const next = bounceOff(material, now.direction, normalize(subtract(point, centre)), random);
    share = tint(share, next.share);
    if (next.scattered) light = add(light, atMost(tint(share, lampLight(world, point, normalize(subtract(point, centre)), random)), most));
    lampsAsked = next.scattered;
    if (next.scattered) most = MAX_LIGHT.scattered;
    if (bounce >= SAFE_BOUNCES) {
      const survival = Math.max(...share);
      if (random() >= survival) return light;
      share = scale(share, 1 / survival);
    }
    now = { origin: add(point, scale(next.direction, NEAR)), direction: next.direction };
  }
  return light;
}

function bounceOff(material: Material, direction: Vector, normal: Vector, random: Random): Bounce {
  switch (material.kind) {
    case 'matte':
      return { direction: scatter(normal, random), share: material.colour, scattered: true };
    case 'glossy':
      if (random() < reflectance(-dot(direction, normal)))
        return { direction: reflect(direction, normal), share: [1, 1, 1], scattered: false };
      return { direction: scatter(normal, random), share: material.colour, scattered: true };
    case 'metal':
      return { direction: polished(reflect(direction, normal), normal, material.polish, random), share: material.colour, scattered: false };
    case 'glass':
      return { direction: throughGlass(direction, normal, random), share: material.colour, scattered: false };
    case 'lamp':
      return { direction, share: BLACK, scattered: false };
  }
}

/** Schlick's approximation. */
const reflectance = (cosine: number): number => FRESNEL + (1 - FRESNEL) * (1 - Math.max(0, cosine)) ** 5;

/** A random direction, more likely the closer to the normal: how a matte surface scatters. */
function scatter(normal: Vector, random: Random): Vector {
  const direction = add(normal, onSphere(random));
  return length(direction) < NEAR ? normal : normalize(direction);
}

function polished(mirrored: Vector, normal: Vector, polish: number, random: Random): Vector {
  const direction = normalize(add(mirrored, scale(onSphere(random), 1 - polish)));
  return dot(direction, normal) > 0 ? direction : mirrored;
}

function throughGlass(direction: Vector, normal: Vector, random: Random): Vector {
  const entering = dot(direction, normal) < 0;
  const facing = entering ? normal : scale(normal, -1);
  const ratio = entering ? 1 / GLASS : GLASS;
  const cosine = -dot(direction, facing);
  const squared = 1 - ratio * ratio * (1 - cosine * cosine);
  const outside = entering ? cosine : Math.sqrt(Math.max(0, squared));
  if (squared <= 0 || random() < reflectance(outside)) return reflect(direction, facing);
  return normalize(add(scale(direction, ratio), scale(facing, ratio * cosine - Math.sqrt(squared))));
}

function onSphere(random: Random): Vector {
  const z = 2 * random() - 1;
  const angle = 2 * Math.PI * random();
  const r = Math.sqrt(1 - z * z);
  return [r * Math.cos(angle), r * Math.sin(angle), z];
}

/** Light that lamps send to a matte point, asked of one random point of each: far less noise than meeting them by chance. */
function lampLight({ scene, tree }: World, point: Vector, normal: Vector, random: Random): Vector {
  let light = BLACK;
  for (const index of scene.lamps) {
    const lamp = scene.spheres[index] as Sphere;
    const { direction, solidAngle } = towards(lamp, point, random);
    const cosine = dot(direction, normal);
    if (cosine <= 0 || lamp.material.kind !== 'lamp') continue;
    const hit = nearestHit(tree, { origin: add(point, scale(direction, NEAR)), direction });
    if (hit?.index === index) light = add(light, scale(lamp.material.light, (cosine * solidAngle) / Math.PI));
  }
  return light;
}

/** A random direction within the cone in which a sphere is seen, and how much of the view it fills (steradians). */
function towards({ centre, radius }: Sphere, point: Vector, random: Random): { direction: Vector; solidAngle: number } {
  const axis = subtract(centre, point);
  const distance = length(axis);
  const cosineMax = Math.sqrt(Math.max(0, 1 - (radius / distance) ** 2));
  const cosine = 1 - random() * (1 - cosineMax);
  const sine = Math.sqrt(1 - cosine * cosine);
  const angle = 2 * Math.PI * random();
  const w = scale(axis, 1 / distance);
  const u = normalize(cross(Math.abs(w[0]) > 0.9 ? [0, 1, 0] : [1, 0, 0], w));
  const v = cross(w, u);
  const direction = add(scale(w, cosine), add(scale(u, sine * Math.cos(angle)), scale(v, sine * Math.sin(angle))));
  return { direction, solidAngle: 2 * Math.PI * (1 - cosineMax) };
}

const atMost = (light: Vector, most: number): Vector => [Math.min(most, light[0]), Math.min(most, light[1]), Math.min(most, light[2])];
