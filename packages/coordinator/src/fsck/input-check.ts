/** I5: the inputs of a job are those its author sent, each once. */
import { digestOf } from '@manyhands/identity';
import type { Payload } from '@manyhands/protocol';
import type { InputChunk } from '../domain/change-set.ts';
import type { Violation } from '../domain/invariants.ts';
import type { Job } from '../domain/job.ts';
import { parsePayloadLine } from '../domain/payload-line.ts';
import { computedUnitCount } from '../store/job-input.ts';

/** Reads one chunk at a time. `onInput` hears of every input that is stored. */
export function* inputViolations(
  job: Job,
  chunks: Iterable<InputChunk>,
  onInput: (input: Payload, index: number) => void,
): Generator<Violation> {
  const wrong = (message: string): Violation => ({ rule: 'I5', subject: job.id, message });
  let [stored, units] = [0, 0];
  for (const { chunk, firstIndex, count, lines, digest } of chunks) {
    if (chunk !== stored || firstIndex !== units) yield wrong(`chunk ${chunk} of its inputs does not follow on the one before`);
    if (digestOf(lines) !== digest) yield wrong(`chunk ${chunk} of its inputs is not what its author sent`);
    const inputs = lines === '' ? [] : lines.split('\n').map(parsePayloadLine);
    if (inputs.length !== count || inputs.includes(null)) yield wrong(`chunk ${chunk} of its inputs does not hold ${count} inputs`);
    for (const [at, input] of inputs.entries()) if (input !== null) onInput(input, firstIndex + at);
    stored++;
    units += count;
  }
  if (stored !== job.chunkCount || (computedUnitCount(job.inputs) ?? units) !== job.unitCount)
    yield wrong(`it has ${job.unitCount} units in ${job.chunkCount} chunks, and its inputs say otherwise`);
}
