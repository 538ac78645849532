import { parseUnitId, payloadSchema } from '@manyhands/protocol';
import * as z from 'zod';
import { CliError } from '../failure.ts';
import { plural, shortened } from '../terminal/words.ts';
import { authorCommand, type Cli, gridOf, perform } from './cli.ts';

/** `GET /v1/jobs/:id/units/:index`, as far as it is told in words; the rest is passed on as JSON. */
const unitSchema = z.looseObject({
  id: z.string(),
  input: payloadSchema,
  state: z.looseObject({ kind: z.string(), reason: z.string().optional(), message: z.string().optional() }),
  replicas: z.array(
    z.looseObject({
      kind: z.string(),
      no: z.number(),
      host: z.string().optional(),
      leasedAt: z.number().optional(),
      deadlineAt: z.number().optional(),
      digest: z.string().optional(),
      valid: z.boolean().optional(),
      cause: z.string().optional(),
      error: z.string().optional(),
    }),
  ),
  evidence: z.array(z.looseObject({ no: z.number(), body: z.looseObject({ kind: z.string(), message: z.string().optional() }) })),
});
type Unit = z.infer<typeof unitSchema>;

export const explainCommand = (cli: Cli) =>
  authorCommand('explain', 'what became of one unit: who computed it, what came back, what it waits for')
    .argument('<unit>', 'job and index, e.g. job_…/17')
    .action((text, options) =>
      perform(cli, options, async (screen) => {
        const unit = parseUnitId(text);
        if (unit === null)
          throw new CliError('usage', `"${text}" names no unit. Write the job's id, a slash and the index, e.g. job_…/17.`);
        await using grid = await gridOf(options, screen);
        const json = await grid.api.json(`/v1/jobs/${unit.job}/units/${unit.index}`);
        screen.result(json, () => explanation(unitSchema.parse(json)));
        return 'ok';
      }),
    );

function explanation({ id, input, state, replicas, evidence }: Unit): string {
  const text = typeof input === 'string' ? shortened(input, 200) : `${input.blob} (${input.bytes} bytes)`;
  const why = state.message === undefined ? '' : ` (${state.reason ?? state.kind}: ${state.message})`;
  const lines = replicas.map((replica) => `  replica ${replica.no}: ${fate(replica, evidence)}`);
  const waiting = state.kind === 'open' && replicas.length === 0 ? ['  It has not been handed out yet.'] : lines;
  return [`Unit ${id} is ${state.kind}${why}; ${plural(replicas.length, 'replica')}.`, `  input: ${text}`, ...waiting].join('\n');
}

function fate(replica: Unit['replicas'][number], evidence: Unit['evidence']): string {
  const { kind, host = 'nobody', digest = '', valid, cause, error, deadlineAt, no } = replica;
  if (kind === 'ready') return 'waits for a volunteer who has not worked on this unit';
  if (kind === 'leased') return `at ${host} until ${new Date(deadlineAt ?? 0).toISOString()}`;
  if (kind === 'returned') return `${host} answered ${digest.slice(0, 15)}…, not judged yet`;
  if (kind === 'judged') return `${host} answered ${digest.slice(0, 15)}…, ${valid ? 'believed' : 'not believed'}`;
  const said = evidence.find((result) => result.no === no)?.body.message;
  return `lost at ${host}: ${cause ?? 'unknown'}${error === undefined ? '' : `, ${error}`}${said === undefined ? '' : `: ${said}`}`;
}
