/** What the journal can say. Later lines outweigh earlier ones. */
import { jobIdSchema, leaseIdSchema, leaseResultSchema, payloadSchema, taskIdSchema } from '@manyhands/protocol';
import * as z from 'zod';

const assignmentSchema = z.strictObject({
  lease: leaseIdSchema,
  job: jobIdSchema,
  index: z.int().nonnegative(),
  task: taskIdSchema,
  input: payloadSchema,
  frozenAt: z.int(),
});

export const journalRecordSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('leases'), leases: z.array(assignmentSchema) }),
  z.strictObject({ kind: z.literal('checkpoint'), lease: leaseIdSchema, state: z.string() }),
  z.strictObject({ kind: z.literal('result'), task: taskIdSchema, result: leaseResultSchema }),
  /** null: it is over. `untilAt` null: until told to resume. */
  z.strictObject({ kind: z.literal('pause'), pause: z.strictObject({ untilAt: z.int().nullable() }).nullable() }),
  z.strictObject({ kind: z.literal('forget'), leases: z.array(leaseIdSchema) }),
]);
export type JournalRecord = z.infer<typeof journalRecordSchema>;
