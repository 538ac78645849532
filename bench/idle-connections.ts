/**
 * Connected, authenticated workers that have nothing to do: what each costs the coordinator in memory, and all together in time, beside bare
 * WebSockets in the same run. As many of 50,000 as the limit on open files allows; the rest is told by proportion.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMsOf } from './cpu-time.ts';
import { type CrowdServer, startBareServer, startCrowd, startCrowdCoordinator } from './crowd/crowd.ts';
import type { Experiment } from './experiments.ts';

const WANTED = 50_000;
/** For files, and for sockets that are on their way in or out. */
const RESERVED = 1_000;
/** Garbage of the handshakes is collected, and whatever is done for newcomers is done. */
const SETTLE_MS = 15_000;
const EMPTY_MS = 10_000;
const TARGET = { rssMB: 800, share: 0.1, overBare: 2 };

function openFiles(): number {
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft: number | 'unlimited' } } };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : WANTED + RESERVED;
}

interface Cost {
  /** Before anybody came. */
  readonly emptyKB: number;
  readonly perConnectionKB: number;
  /** Of one core, before anybody came. */
  readonly emptyShare: number;
  /** Of one core. */
  readonly share: number;
}

/** What the process uses of one core for so long. */
async function shareOf({ pid }: CrowdServer, ms: number): Promise<number> {
  const before = await cpuMsOf(pid);
  await sleep(ms);
  return ((await cpuMsOf(pid)) - before) / ms;
}

async function measure(server: CrowdServer, count: number, seconds: number): Promise<Cost> {
  await sleep(2_000);
  const emptyShare = await shareOf(server, EMPTY_MS);
  const emptyKB = await server.rssKB();
  await using crowd = startCrowd(server.url, count, Math.ceil(count / 2));
  await crowd.gathered();
  await sleep(SETTLE_MS);
  const share = await shareOf(server, seconds * 1000);
  return { emptyKB, perConnectionKB: ((await server.rssKB()) - emptyKB) / count, emptyShare, share };
}

export const idleConnections: Experiment = {
  summary: 'memory and time of 50,000 connected workers with nothing to do, beside bare WebSockets',
  async run(options, say) {
    const count = Math.min(options.get('connections') ?? WANTED, openFiles() - RESERVED);
    const seconds = options.get('seconds') ?? 60;
    const folder = await mkdtemp(join(tmpdir(), 'manyhands-bench-'));
    const cost = await (async () => {
      await using coordinator = await startCrowdCoordinator(folder, 0);
      return await measure(coordinator, count, seconds);
    })();
    await rm(folder, { recursive: true });
    say(`${cost.perConnectionKB.toFixed(1)} kB each and ${(cost.share * 100).toFixed(1)} % of a core for ${count} workers`);
    await using server = await startBareServer();
    const bare = await measure(server, count, 1);
    say(`${bare.perConnectionKB.toFixed(1)} kB each for bare WebSockets`);
    const rssMBAt50000 = (cost.emptyKB + cost.perConnectionKB * WANTED) / 1024;
    const shareAt50000 = cost.emptyShare + ((cost.share - cost.emptyShare) * WANTED) / count;
    const overBare = cost.perConnectionKB / bare.perConnectionKB;
    return {
      connections: count,
      openFilesAllowed: openFiles(),
      emptyRssMB: cost.emptyKB / 1024,
      perConnectionKB: cost.perConnectionKB,
      barePerConnectionKB: bare.perConnectionKB,
      overBare,
      emptyShareOfACore: cost.emptyShare,
      shareOfACore: cost.share,
      rssMBAt50000,
      shareOfACoreAt50000: shareAt50000,
      loadAverage: loadavg()[0],
      target: TARGET,
      passed: rssMBAt50000 <= TARGET.rssMB && shareAt50000 <= TARGET.share && overBare <= TARGET.overBare,
    };
  },
};
