/** `GET /v1/project` and `GET /v1/stats`: what a volunteer or visitor may know before joining. */
import * as z from 'zod';
import { publicKeySchema } from '../manifest.ts';
import { accountLineSchema, teamLineSchema } from './credit-api.ts';
import { jobViewSchema, taskViewSchema } from './job-api.ts';

export const projectViewSchema = z.object({
  name: z.string(),
  description: z.string(),
  operator: z.string(),
  projectKey: publicKeySchema,
  software: z.string(),
  protocol: z.object({ oldest: z.int(), newest: z.int() }),
  /** Tasks with open jobs, newest first. */
  tasks: z.array(taskViewSchema),
});
export type ProjectView = z.infer<typeof projectViewSchema>;

export const statsViewSchema = z.object({
  /** Epoch milliseconds at which these figures were true. */
  asOf: z.int(),
  project: z.string(),
  /** Hosts connected now. */
  hostsOnline: z.int(),
  coresOnline: z.int(),
  hostsEver: z.int(),
  accountsEver: z.int(),
  unitsPerSecond: z.number(),
  finalUnits: z.int(),
  /** Final units a second in each of the last 60 ten-second steps, oldest first. */
  throughput: z.array(z.number()),
  /** Most credit first. */
  leaders: z.array(accountLineSchema),
  teams: z.array(teamLineSchema),
  jobs: z.array(jobViewSchema),
});
export type StatsView = z.infer<typeof statsViewSchema>;

/** The map of a job's search space: units in order, cut into at most 400 cells. */
export const jobMapSchema = z.object({
  unitsPerCell: z.int().positive(),
  /**
   * True: the cells come in an order that says nothing of their units. So they do for everybody but the job's author and the operator while a job
   * under `confidence` runs: whoever could look up that a unit is answered already would know that it is given it as a check. Absent: in order.
   */
  isShuffled: z.boolean().optional(),
  cells: z.array(
    z.object({
      state: z.enum(['waiting', 'running', 'verifying', 'final', 'failed', 'cancelled']),
      final: z.int(),
      total: z.int(),
      verifiedBy: z.array(z.string()),
    }),
  ),
});
export type JobMap = z.infer<typeof jobMapSchema>;
