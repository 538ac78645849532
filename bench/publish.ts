/** Inputs of 100 bytes streamed into a job over HTTP: by the SDK, which checks and encodes each, and as ready-made NDJSON. Durable when acknowledged. */
import { randomUUID } from 'node:crypto';
import { startBenchCoordinator } from './bench-coordinator.ts';
import echo from './echo.task.ts';
import type { Experiment } from './experiments.ts';

const INPUT = 'x'.repeat(98);
const CHUNK = 10_000;

export const publish: Experiment = {
  summary: 'units streamed into a job',
  async run(options, say) {
    const units = options.get('units') ?? 1_000_000;
    await using coordinator = await startBenchCoordinator();
    const { grid } = coordinator;
    const startedAt = performance.now();
    const job = grid.map(
      echo,
      (function* () {
        for (let i = 0; i < units; i++) yield INPUT;
      })(),
    );
    await job.sent;
    const bySdk = (units * 1000) / (performance.now() - startedAt);
    say(`${Math.round(bySdk)} units/s through the SDK`);

    const { id: task } = await grid.publish(echo);
    const raw = await grid.api.createJob({ task, title: 'raw', key: randomUUID(), inputs: { kind: 'stream' } });
    const lines = new Array(CHUNK).fill(JSON.stringify(INPUT)).join('\n');
    const rawStartedAt = performance.now();
    for (let number = 0; number * CHUNK < units; number++) {
      await grid.api.appendUnits(raw.id, { number, lines, close: (number + 1) * CHUNK >= units });
    }
    const asNdjson = (units * 1000) / (performance.now() - rawStartedAt);
    say(`${Math.round(asNdjson)} units/s as ready-made NDJSON`);
    return {
      unitsPerSecond: Math.round(bySdk),
      ndjsonUnitsPerSecond: Math.round(asNdjson),
      units,
      payloadBytes: 100,
      synchronous: 'FULL',
      coordinatorRssMB: await coordinator.rssMB(),
    };
  },
};
