import { accountIdSchema, hostIdSchema, LIMITS } from '@manyhands/protocol';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { checked, found } from '../checked.ts';
import type { HttpContext } from '../http-context.ts';
import { pageLimit } from './params.ts';

const accountParams = z.object({ id: accountIdSchema });
const hostParams = z.object({ id: hostIdSchema });
const teamName = z.string().min(1).max(LIMITS.nameLength);
const teamParams = z.object({ name: teamName });
const boardQuery = z
  .object({
    of: z.enum(['accounts', 'teams']).default('accounts'),
    by: z.enum(['total', 'recent']).default('total'),
    limit: pageLimit(100, 20),
    after: teamName.optional(),
    around: teamName.optional(),
  })
  .refine(({ after, around }) => after === undefined || around === undefined, 'give after or around, not both');

const PAGE = { config: { isPage: true } };

/** Anybody may read who earned what; names are those that volunteers gave. */
export function creditRoutes(app: FastifyInstance, { credit }: HttpContext): void {
  app.get('/v1/leaderboard', PAGE, async (request) => {
    const question = checked(boardQuery, request.query, 'the query');
    const nobody = `There is nobody called ${question.around ?? question.after} in this leaderboard. Begin at the top, without after or around.`;
    return found(await credit.leaderboard(question), nobody);
  });

  app.get('/v1/accounts/:id', PAGE, async (request) => {
    const { id } = checked(accountParams, request.params, 'the path');
    return found(await credit.account(id), `There is no account ${id} here.`);
  });

  app.get('/v1/teams/:name', PAGE, async (request) => {
    const { name } = checked(teamParams, request.params, 'the path');
    return found(await credit.team(name), `There is no team ${name} here: nobody who joined last is on it.`);
  });

  app.get('/v1/hosts/:id', PAGE, async (request) => {
    const { id } = checked(hostParams, request.params, 'the path');
    return found(await credit.host(id), `There is no host ${id} here.`);
  });
}
