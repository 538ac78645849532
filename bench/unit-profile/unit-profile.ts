/** Where the coordinator's main thread is, per unit, while null workers drain a job at quorum 1. */
import { startBenchCoordinator } from '../bench-coordinator.ts';
import type { Experiment } from '../experiments.ts';
import { drain, queue, WARM_UP_UNITS } from '../null-worker/drain.ts';
import { pictureOf } from './picture.ts';
import { STAGES, type Stage, type StagesUs } from './stages.ts';

export const unitProfile: Experiment = {
  summary: 'microseconds per unit and stage, of a coordinator that null workers keep busy',
  async run(options, say) {
    const [units, connections] = [options.get('units') ?? 200_000, options.get('connections') ?? 10];
    await using coordinator = await startBenchCoordinator();
    await drain(coordinator, await queue(coordinator, WARM_UP_UNITS), { connections });
    const job = await queue(coordinator, units);
    const { cpu } = await drain(coordinator, job, { connections, profile: true });
    const perUnit = (us: number): number => Math.round((100 * us) / units) / 100;
    const stages = Object.entries(cpu.stagesUs as StagesUs).map(([stage, us]) => [stage, perUnit(us)] as const);
    const usPerUnit = Object.fromEntries(stages) as Record<Stage, number>;
    for (const stage of STAGES) say(`${stage.padEnd(13)} ${usPerUnit[stage].toFixed(2).padStart(6)} µs`);
    return {
      usPerUnit,
      sumUsPerUnit: Math.round(100 * stages.reduce((sum, [, us]) => sum + us, 0)) / 100,
      mainThreadCpuUsPerUnit: perUnit(cpu.mainUs),
      allThreadsCpuUsPerUnit: perUnit(cpu.allUs),
      units,
      connections,
      quorum: 1,
      payloadBytes: 100,
      durability: 'SQLite WAL synchronous=FULL',
    };
  },
  draw: ({ usPerUnit }) => pictureOf(usPerUnit as Record<Stage, number>),
};
