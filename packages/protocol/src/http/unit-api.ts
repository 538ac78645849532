/** `GET /v1/jobs/:id/units/:index`: a unit with all that came back for it, and its story. */
import * as z from 'zod';
import { digestSchema } from '../digest.ts';
import { accountIdSchema, hostIdSchema, jobIdSchema, unitIndexSchema } from '../ids.ts';
import { verifyPolicySchema } from '../manifest.ts';
import { payloadSchema } from '../payload.ts';
import { errorKindSchema } from '../result.ts';
import { failureReasonSchema, replicaSchema, retractionReasonSchema, unitStateSchema } from './evidence-api.ts';

/** Epoch milliseconds, the coordinator's clock. */
const time = z.int();
/** null: nobody wrote down when; its place in the story tells. */
const told = { at: time.nullable() };
const no = z.int().nonnegative();
const by = { no, host: hostIdSchema, account: accountIdSchema };
/** `A` is the first answer that came; results that agree share a letter. */
const answer = z.string().regex(/^[A-Z]+$/);
/** 200 are a day at 1 GFLOPS. */
const credit = z.number().nonnegative();

/**
 * Why an answer was believed. `quorum`: `agreed` accounts said the same, `wanted` were asked for · `proof` the author's check passed it ·
 * `odds` that all members are liars, given the checks each had passed; at most one in `wrongIn` was asked for · `referee` the coordinator computed it.
 */
const reasonSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('quorum'), agreed: z.int(), wanted: z.int() }),
  z.object({ kind: z.literal('proof') }),
  z.object({ kind: z.literal('odds'), odds: z.number(), wrongIn: z.int(), members: z.array(z.object({ no, checks: z.int() })).readonly() }),
  z.object({ kind: z.literal('referee') }),
]);

const storyEventSchema = z.discriminatedUnion('kind', [
  /** `audit`: to check an answer that was believed for now. `canary`: to check the host, on a unit whose answer was known. */
  z.object({ kind: z.literal('handed-out'), ...told, ...by, purpose: z.enum(['work', 'audit', 'canary']) }),
  /** `late`: its lease had ended, so it never counted. */
  z.object({ kind: z.literal('answered'), ...told, ...by, answer, digest: digestSchema, late: z.boolean() }),
  z.object({ kind: z.literal('errored'), ...told, ...by, error: errorKindSchema, message: z.string() }),
  z.object({ kind: z.literal('lost'), ...told, ...by, cause: z.enum(['expired', 'released', 'revoked']) }),
  /** null: the coordinator was asked to compute the unit itself and has not answered yet. */
  z.object({ kind: z.literal('referee'), ...told, answer: answer.nullable() }),
  z.object({ kind: z.literal('believed'), ...told, ...by, answer, credit }),
  /**
   * `truth` the referee or a known answer says otherwise · `vote` others agreed on another answer · `check` the author's check refused it ·
   * `convicted` its host was found lying, here or on another unit of the job · `differs` it came when the unit had its answer.
   */
  z.object({
    kind: z.literal('disbelieved'),
    ...told,
    ...by,
    answer,
    why: z.enum(['truth', 'vote', 'check', 'convicted', 'differs']),
    /** Credit that was granted before, and taken back. */
    takenBack: credit,
  }),
  z.object({ kind: z.literal('provisional'), ...told, answer }),
  z.object({ kind: z.literal('final'), ...told, answer, reason: reasonSchema }),
  /** A final answer was taken back: the coordinator computed another one (`refuted`), or all whose word it rested on were found lying (`convicted`). */
  z.object({ kind: z.literal('retracted'), ...told, answer, why: retractionReasonSchema }),
  z.object({ kind: z.literal('failed'), ...told, reason: failureReasonSchema, message: z.string() }),
  z.object({ kind: z.literal('cancelled'), ...told }),
  /** Its lease runs until `until`. */
  z.object({ kind: z.literal('computing'), ...told, ...by, until: time }),
  /**
   * What an open unit waits for: its `turn` · a `volunteer` to take it · the `word` of a host that counts, for those who answered are new ·
   * the right answer (`truth`), which the coordinator knows · the `check` · a `comparison` · the `referee` · the `audit` of the whole job.
   */
  z.object({
    kind: z.literal('waits'),
    ...told,
    for: z.enum(['turn', 'volunteer', 'word', 'truth', 'check', 'comparison', 'referee', 'audit']),
  }),
]);
export type StoryEvent = z.infer<typeof storyEventSchema>;
export type StoryEventOf<Kind extends StoryEvent['kind']> = Extract<StoryEvent, { readonly kind: Kind }>;

/** All that came back for a replica. */
const resultSchema = z.object({
  no,
  host: hostIdSchema,
  account: accountIdSchema,
  receivedAt: time,
  /** The worker's own measure, milliseconds. Shown, never trusted. */
  elapsedMs: z.number(),
  late: z.boolean(),
  body: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('ok'), digest: digestSchema, output: payloadSchema }),
    z.object({ kind: z.literal('error'), error: errorKindSchema, message: z.string() }),
  ]),
});

export const unitViewSchema = z.object({
  id: z.string(),
  job: jobIdSchema,
  index: unitIndexSchema,
  /** The job's. */
  title: z.string(),
  verify: verifyPolicySchema,
  input: payloadSchema,
  state: unitStateSchema,
  replicas: z.array(replicaSchema).readonly(),
  /** Oldest first. */
  evidence: z.array(resultSchema).readonly(),
  /** In order of time. */
  story: z.array(storyEventSchema).readonly(),
  /** What accounts in it go by, where a volunteer gave a name. */
  names: z.record(z.string(), z.string()),
});
export type UnitView = z.infer<typeof unitViewSchema>;
