import { accountIdSchema, type JobMap, jobIdSchema, type StatsView } from '@manyhands/protocol';
import { assets, featuredJob, renderAccount, renderJob, renderNotFound, renderOverview, renderTeam } from '@manyhands/stats-page';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpContext } from '../http-context.ts';

/** An account and those beside it. */
const NEIGHBOURS = 9;
const PAGE = { config: { isPage: true } };
const HTML = 'text/html; charset=utf-8';

/** What people look at; complete before any script runs. */
export function pageRoutes(app: FastifyInstance, { board, credit, reads, publicUrl }: HttpContext): void {
  const originOf = (request: FastifyRequest) => {
    const origin = publicUrl ?? `${request.protocol}://${request.host}`;
    return URL.canParse(origin) ? { origin } : {};
  };

  app.get('/', PAGE, async (request, reply) => {
    const [stats, project] = await Promise.all([board.stats(), board.project()]);
    const map = await featuredMap(stats);
    return html(reply, renderOverview(stats, project, { ...originOf(request), ...(map !== null && { map }) }));
  });

  app.get<{ Params: { id: string } }>('/jobs/:id', PAGE, async (request, reply) => {
    const id = jobIdSchema.safeParse(request.params.id);
    const job = id.success ? await reads.loadJob(id.data) : null;
    if (job === null) return html(reply.code(404), renderNotFound());
    const [view, map, stats, project] = await Promise.all([board.job(job), board.map(job), board.stats(), board.project()]);
    return html(reply, renderJob(view, map, stats, project, originOf(request)));
  });

  app.get<{ Params: { id: string } }>('/accounts/:id', PAGE, async (request, reply) => {
    const id = accountIdSchema.safeParse(request.params.id);
    const account = id.success ? await credit.account(id.data) : null;
    const around = id.success ? await credit.leaderboard({ of: 'accounts', by: 'total', limit: NEIGHBOURS, around: id.data }) : null;
    if (account === null || around === null) return html(reply.code(404), renderNotFound());
    return html(reply, renderAccount(account, around, await surroundings(request)));
  });

  app.get<{ Params: { name: string } }>('/teams/:name', PAGE, async (request, reply) => {
    const team = await credit.team(request.params.name);
    return team === null ? html(reply.code(404), renderNotFound()) : html(reply, renderTeam(team, await surroundings(request)));
  });

  async function surroundings(request: FastifyRequest) {
    const [stats, project] = await Promise.all([board.stats(), board.project()]);
    return { stats, project, ...originOf(request) };
  }

  async function featuredMap(stats: StatsView): Promise<JobMap | null> {
    const featured = featuredJob(stats);
    const job = featured === null ? null : await reads.loadJob(featured.id);
    return job === null ? null : board.map(job);
  }

  for (const [path, { body, contentType }] of assets) {
    app.get(path, (_request, reply) => reply.header('cache-control', 'public, max-age=31536000, immutable').type(contentType).send(body));
  }
}

const html = (reply: FastifyReply, page: string): FastifyReply => reply.header('cache-control', 'no-cache').type(HTML).send(page);
