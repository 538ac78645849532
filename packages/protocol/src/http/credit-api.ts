/** `/v1/leaderboard`, `/v1/accounts`, `/v1/teams`, `/v1/hosts`: who earned what. Credit in cobblestones: 200 are a day at 1 GFLOPS. */
import * as z from 'zod';

const figures = {
  /** All that was ever granted, less what was taken back. */
  credit: z.number(),
  /** Credit a day, each one weighing half as much after a week. */
  recentCredit: z.number(),
  validResults: z.int(),
};

/** One line of a leaderboard. `name`, `team`: only where a volunteer gave one. */
export const accountLineSchema = z.object({
  account: z.string(),
  name: z.string().nullable(),
  team: z.string().nullable(),
  ...figures,
});
export type AccountLine = z.infer<typeof accountLineSchema>;
export const teamLineSchema = z.object({ team: z.string(), accounts: z.int(), ...figures });
export type TeamLine = z.infer<typeof teamLineSchema>;

/** 1 is the first; null: not ranked, or too far down to be counted. */
const rank = z.int().positive().nullable();
const board = {
  /** Epoch milliseconds at which these figures were true. */
  asOf: z.int(),
  by: z.enum(['total', 'recent']),
  /** Pass as `after` for the next page; null: this was the last. */
  next: z.string().nullable(),
};

/** `GET /v1/leaderboard?of=accounts|teams&by=total|recent&limit=&after=`, or with `around=ACCOUNT` an account and its neighbours. */
export const leaderboardSchema = z.discriminatedUnion('of', [
  z.object({ of: z.literal('accounts'), ...board, lines: z.array(accountLineSchema.extend({ rank })) }),
  z.object({ of: z.literal('teams'), ...board, lines: z.array(teamLineSchema.extend({ rank })) }),
]);
export type Leaderboard = z.infer<typeof leaderboardSchema>;

const history = {
  asOf: z.int(),
  /** Results that were judged and not believed. */
  invalidResults: z.int(),
  /** The last 90 days, UTC, oldest first, the present one last. */
  days: z.array(z.object({ day: z.iso.date(), credit: z.number(), validResults: z.int() })),
};
const ranks = { ranks: z.object({ total: rank, recent: rank }) };

/** `GET /v1/accounts/:id` */
export const accountViewSchema = accountLineSchema.extend({ hosts: z.int(), ...ranks, ...history });
export type AccountView = z.infer<typeof accountViewSchema>;

/** `GET /v1/teams/:name`. `members`: up to 50, most credit first. */
export const teamViewSchema = teamLineSchema.extend({ members: z.array(accountLineSchema), ...ranks, ...history });
export type TeamView = z.infer<typeof teamViewSchema>;

/** `GET /v1/hosts/:id` */
export const hostViewSchema = z.object({
  host: z.string(),
  account: z.string(),
  name: z.string().nullable(),
  ...figures,
  ...history,
});
export type HostView = z.infer<typeof hostViewSchema>;
