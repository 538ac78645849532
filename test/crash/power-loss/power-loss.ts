/**
 * Power cuts of a coordinator under load. It runs once, under strace, which writes down in one order what it did to its folder and what it said to
 * whom. Then, for many moments of that run, the folder is rebuilt as a power cut at that moment may have left it (disk.ts), and looked at.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { Chance } from '../../simulation/chance.ts';
import { audit } from '../audit.ts';
import { CoordinatorProcess } from '../coordinator-process.ts';
import { Load } from '../load/load.ts';
import type { Witness } from '../load/witness.ts';
import { recording } from '../strace.ts';
import { Disk } from './disk.ts';
import type { DiskEvent } from './disk-event.ts';
import { SaidSoFar } from './said.ts';
import { readStraceLog } from './strace-log.ts';

export interface Recording {
  readonly folder: string;
  readonly before: Disk;
  readonly events: readonly DiskEvent[];
  readonly witness: Witness;
}

export interface RecordingOptions {
  readonly loadMs: number;
  /** See CoordinatorProcess. */
  readonly preload?: string;
}

/** A whole life, from an empty folder to a stop in order. */
export async function recordLife(workshop: string, { loadMs, preload }: RecordingOptions): Promise<Recording> {
  const [folder, log] = [join(workshop, 'coordinator'), join(workshop, 'strace.log')];
  mkdirSync(folder);
  const before = new Disk(folder);
  const load = new Load();
  await using coordinator = new CoordinatorProcess({ data: folder, under: recording(log), ...(preload === undefined ? {} : { preload }) });
  const url = await coordinator.url;
  if (url === null) throw new Error(`it did not start under strace:\n${(await coordinator.ended).said}`);
  await load.begin(url, folder);
  await after(loadMs);
  await coordinator.signal('SIGTERM');
  await load.end();
  await coordinator.ended;
  return { folder, before, events: await readStraceLog(log, folder), witness: load.witness };
}

export interface PowerCuts {
  readonly states: number;
  /** Calls to the disk in the recording. */
  readonly calls: number;
  /** Acknowledgements that were to be found, over all states. */
  readonly lookedFor: number;
  /** States in which something was wrong. */
  readonly wrong: number;
  /** The first ones. */
  readonly violations: readonly string[];
}

const TOLD = 10;

export async function cutPower(
  workshop: string,
  { before: disk, events, witness }: Recording,
  states: number,
  chance: Chance,
): Promise<PowerCuts> {
  const moments = momentsOf(events, states, chance);
  const said = new SaidSoFar(witness);
  const violations: string[] = [];
  const figures = { states: 0, calls: events.length, lookedFor: 0, wrong: 0 };
  const folder = join(workshop, 'after-power-cut');
  for (const [i, event] of events.entries()) {
    disk.apply(event);
    if (event.kind === 'said') said.add(event.text);
    for (let n = moments.get(i) ?? 0; n > 0; n--) {
      disk.writeAfterPowerCut(folder, chance);
      const found = (await audit(folder, said)).violations;
      rmSync(folder, { recursive: true });
      figures.states++;
      figures.lookedFor += said.count;
      if (found.length > 0) figures.wrong++;
      violations.push(...found.map((violation) => `cut after call ${i}: ${violation}`));
    }
  }
  return { ...figures, violations: violations.slice(0, TOLD) };
}

/** How many states to look at behind which event: half of them just behind something that was said, when most may be missing. */
function momentsOf(events: readonly DiskEvent[], states: number, chance: Chance): ReadonlyMap<number, number> {
  const spoken = [...events.entries()].filter(([, { kind }]) => kind === 'said').map(([i]) => i);
  const moments = new Map<number, number>();
  for (let n = 0; n < states; n++) {
    const at = chance.isTrue(0.5) ? chance.pick(spoken) : chance.int(0, events.length - 1);
    moments.set(at, (moments.get(at) ?? 0) + 1);
  }
  return moments;
}
