/**
 * Which sphere a ray meets first. Spheres are grouped in a tree of spheres around spheres, written in a row of numbers, parents
 * before children: a ray that misses a group skips to what comes behind it.
 */
import type { Ray } from './camera.ts';
import type { Sphere } from './scene.ts';
import { length, subtract, type Vector } from './vector.ts';

/** Per node: x, y, z, radius squared, the node behind this group, and the sphere's index (−1 for a group). */
export type SphereTree = Float64Array;
const NODE = 6;

export interface Hit {
  readonly index: number;
  readonly distance: number;
}

/** Closer than this a ray meets the surface it comes from. */
const TOO_NEAR = 1e-3;

export function treeOf(spheres: readonly Sphere[]): SphereTree {
  const nodes: number[] = [];
  const write = (indices: readonly number[]): void => {
    const members = indices.map((index) => spheres[index] as Sphere);
    const { centre, radius } = around(members);
    const at = nodes.push(...centre, radius * radius, 0, indices.length === 1 ? (indices[0] as number) : -1) - NODE;
    if (indices.length > 1) {
      const [one, other] = halves(indices, spheres);
      write(one);
      write(other);
    }
    nodes[at + 4] = nodes.length / NODE;
  };
  write([...spheres.keys()]);
  return Float64Array.from(nodes);
}

/** A sphere that holds all of them; the only one itself. */
function around(members: readonly Sphere[]): Pick<Sphere, 'centre' | 'radius'> {
  const [only] = members;
  if (only !== undefined && members.length === 1) return only;
  const axis = (i: 0 | 1 | 2): number => {
    const low = Math.min(...members.map(({ centre, radius }) => centre[i] - radius));
    return (low + Math.max(...members.map(({ centre, radius }) => centre[i] + radius))) / 2;
  };
  const middle: Vector = [axis(0), axis(1), axis(2)];
  return { centre: middle, radius: Math.max(...members.map(({ centre, radius }) => length(subtract(centre, middle)) + radius)) };
}

/** Two groups that overlap little: a giant and the others, else the halves along the widest axis. */
function halves(indices: readonly number[], spheres: readonly Sphere[]): [number[], number[]] {
  const at = (index: number, axis: 0 | 1 | 2): number => (spheres[index] as Sphere).centre[axis];
  const [giant, ...others] = [...indices].sort((a, b) => (spheres[b] as Sphere).radius - (spheres[a] as Sphere).radius) as [
    number,
    ...number[],
  ];
  if ((spheres[giant] as Sphere).radius > around(others.map((index) => spheres[index] as Sphere)).radius) return [[giant], others];
  const width = (axis: 0 | 1 | 2): number => {
    const places = indices.map((index) => at(index, axis));
    return Math.max(...places) - Math.min(...places);
  };
  const widest = width(1) > Math.max(width(0), width(2)) ? 1 : width(0) > width(2) ? 0 : 2;
  const sorted = [...indices].sort((a, b) => at(a, widest) - at(b, widest));
  return [sorted.slice(0, sorted.length >> 1), sorted.slice(sorted.length >> 1)];
}

/** null: the ray meets nothing. */
export function nearestHit(tree: SphereTree, { origin, direction }: Ray): Hit | null {
  const [ox, oy, oz] = origin;
  const [dx, dy, dz] = direction;
  let nearest = Number.POSITIVE_INFINITY;
  let found = -1;
  for (let i = 0; i < tree.length; ) {
    const x = (tree[i] as number) - ox;
    const y = (tree[i + 1] as number) - oy;
    const z = (tree[i + 2] as number) - oz;
    const along = x * dx + y * dy + z * dz;
    const inside = along * along - (x * x + y * y + z * z) + (tree[i + 3] as number);
    const half = Math.sqrt(Math.max(0, inside));
    const enters = along - half;
    const leaves = along + half;
    if (inside < 0 || leaves < TOO_NEAR || enters > nearest) {
      i = (tree[i + 4] as number) * NODE;
      continue;
    }
    const index = tree[i + 5] as number;
    const distance = enters > TOO_NEAR ? enters : leaves;
    if (index >= 0 && distance < nearest) {
      nearest = distance;
      found = index;
    }
    i += NODE;
  }
  return found < 0 ? null : { index: found, distance: nearest };
}
