/** A CPU profile of a coordinator's main thread, added up by what it was doing for a unit. */
import type { Profiler } from 'node:inspector';

/** In the order of a unit's way through the coordinator. */
export const STAGES = [
  'decode',
  'validate',
  'digest',
  'decide',
  'write rows',
  'make durable',
  'encode',
  'send',
  'garbage',
  'other',
] as const;
export type Stage = (typeof STAGES)[number];
/** Microseconds of the main thread. `make durable` is mostly waiting for the disk. */
export type StagesUs = Readonly<Record<Stage, number>>;

type Frame = Profiler.ProfileNode['callFrame'];

/** The first that fits any frame of a sample's stack decides, so what calls much stands last. */
const RULES: readonly (readonly [Stage, (frame: Frame) => boolean])[] = [
  ['garbage', ({ functionName }) => functionName === '(garbage collector)'],
  ['encode', ({ functionName, url }) => functionName === '#deliver' && url.endsWith('/engine/feeder.ts')],
  ['write rows', ({ functionName, url }) => functionName === 'write' && url.endsWith('/sqlite/commit.ts')],
  ['make durable', ({ url }) => url.endsWith('/sqlite/commit.ts')],
  ['other', ({ url }) => url.includes('/sqlite/')],
  ['validate', ({ functionName, url }) => url.includes('/zod/') || functionName === 'jsonShapeFault'],
  ['digest', ({ url }) => url.endsWith('/identity/src/digest.ts')],
  ['decide', ({ functionName, url }) => url.includes('/engine/') && (functionName.endsWith('decide') || functionName === 'changes')],
  ['send', ({ url }) => url.includes('/ws/lib/sender.js')],
  ['encode', ({ functionName, url }) => functionName === 'send' && url.endsWith('/ws/connection.ts')],
  ['encode', ({ functionName, url }) => functionName === 'speak' && url.endsWith('/engine/submission.ts')],
  ['decode', ({ url }) => url.includes('/ws/lib/receiver.js') || url.includes('/ws/lib/websocket.js')],
];

/** Time without work is left out. */
export function toStages({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): StagesUs {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const stages = new Map<number, Stage | null>();
  const sums = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Record<Stage, number>;
  for (const [i, id] of samples.entries()) {
    if (!stages.has(id)) stages.set(id, stageOf(stackOf(id, byId, parents)));
    const stage = stages.get(id) ?? null;
    if (stage !== null) sums[stage] += timeDeltas[i] ?? 0;
  }
  return sums;
}

function stackOf(leaf: number, byId: ReadonlyMap<number, Profiler.ProfileNode>, parents: ReadonlyMap<number, number>): Frame[] {
  const frames: Frame[] = [];
  for (let id: number | undefined = leaf; id !== undefined; id = parents.get(id))
    frames.push((byId.get(id) as Profiler.ProfileNode).callFrame);
  return frames;
}

/** null: it had nothing to do. */
function stageOf(stack: readonly Frame[]): Stage | null {
  if (stack[0]?.functionName === '(idle)') return null;
  return RULES.find(([, fits]) => stack.some(fits))?.[0] ?? 'other';
}
