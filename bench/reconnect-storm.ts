/**
 * A restart under 10,000 workers: they are told when to come back and do, each from its own address, by the product's own back-off. Meanwhile
 * honest workers that went through the same hand in results. The bound is by the rate at which the same coordinator let the same crowd in before.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, indices } from '@manyhands/task-sdk';
import count from './crowd/count.task.ts';
import { startCrowd, startCrowdCoordinator } from './crowd/crowd.ts';
import type { Absence } from './crowd/crowd-worker.ts';
import { HonestWorker } from './crowd/honest-worker.ts';
import type { Experiment } from './experiments.ts';

const HONEST = 4;
/** So that every connection counts as a stable one. */
const SETTLE_MS = 12_000;
/** Longer than anybody should be away. */
const PATIENCE_MS = 300_000;
const TARGET = { attemptsAtMost: 2, medianAttemptsAtMost: 1.4 };

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const seconds = (ms: number): number => Math.round(ms / 10) / 100;

function toFigures(absences: readonly Absence[], stoppedAt: number) {
  const attempts = absences.map((absence) => absence.attempts).sort((a, b) => a - b);
  const backMs = absences.map(({ backAt }) => backAt - stoppedAt).sort((a, b) => a - b);
  return {
    backAfterS: { median: seconds(quantile(backMs, 0.5)), p99: seconds(quantile(backMs, 0.99)), last: seconds(backMs.at(-1) ?? 0) },
    attempts: {
      median: quantile(attempts, 0.5),
      mean: attempts.reduce((sum, each) => sum + each, 0) / attempts.length,
      p99: quantile(attempts, 0.99),
      most: attempts.at(-1) ?? 0,
    },
    triedMoreThanTwice: attempts.filter((each) => each > TARGET.attemptsAtMost).length,
  };
}

/** What the honest handed in while the crowd came back. */
function toWork(honest: readonly HonestWorker[], from: number, until: number) {
  const at = honest.flatMap(({ recordedAt }) => recordedAt).sort((a, b) => a - b);
  const during = at.filter((time) => time >= from && time <= until);
  const pauses = during.slice(1).map((time, i) => time - (during[i] as number));
  return {
    resultsRecorded: during.length,
    firstAfterS: seconds((during[0] ?? until) - from),
    longestPauseS: seconds(Math.max(0, ...pauses)),
  };
}

export const reconnectStorm: Experiment = {
  summary: '10,000 workers coming back after a restart: how soon, in how many attempts, and whether work goes on meanwhile',
  async run(options, say) {
    const workers = options.get('workers') ?? 10_000;
    const folder = await mkdtemp(join(tmpdir(), 'manyhands-bench-'));
    const first = await startCrowdCoordinator(folder, 0);
    const { url } = first;
    await using grid = await connect({ url, authorFile: join(folder, 'author.json') });
    await grid.map(count, indices(1_000_000)).id;
    await using crowd = startCrowd(url, workers, Math.ceil(workers / 2));
    const arrivals = await crowd.gathered();
    const honest = Array.from({ length: HONEST }, (_, i) => new HonestWorker(url, `127.200.0.${i + 1}`));
    const beganAt = Math.min(...arrivals.map(({ lostAt }) => lostAt));
    const handshakesPerSecond = workers / seconds(Math.max(...arrivals.map(({ backAt }) => backAt)) - beganAt);
    say(`${workers} workers let in at ${Math.round(handshakesPerSecond)} a second`);
    await sleep(SETTLE_MS);

    const stoppedAt = Date.now();
    await first[Symbol.asyncDispose]();
    const goneAt = Date.now();
    await using second = await startCrowdCoordinator(folder, new URL(url).port);
    const listeningAt = Date.now();
    say(`stopped in ${seconds(goneAt - stoppedAt)} s, listening again ${seconds(listeningAt - goneAt)} s later`);
    const absences = await Promise.race([crowd.gathered(), sleep(PATIENCE_MS, null, { ref: false })]);
    if (absences === null) throw new Error(`not all of them were back after ${PATIENCE_MS / 1000} s`);
    const { backAfterS, attempts, triedMoreThanTwice } = toFigures(absences, stoppedAt);
    const work = toWork(honest, listeningAt, stoppedAt + backAfterS.last * 1000);
    const boundS = (1.6 * workers) / handshakesPerSecond + 30;
    const peakRssMB = (await second.rssKB()) / 1024;
    for (const worker of honest) worker.end();
    await second[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
    return {
      workers,
      handshakesPerSecond,
      downS: seconds(listeningAt - stoppedAt),
      backAfterS,
      boundS,
      attempts,
      triedMoreThanTwice,
      honest: work,
      rssMB: peakRssMB,
      loadAverage: loadavg()[0],
      target: TARGET,
      passed:
        backAfterS.last <= boundS &&
        attempts.most <= TARGET.attemptsAtMost &&
        attempts.median <= TARGET.medianAttemptsAtMost &&
        work.resultsRecorded > 0,
    };
  },
};
