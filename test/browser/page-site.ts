/** The stats pages on 127.0.0.1 as a coordinator serves them, with views that the test sets and a stream that the test pushes. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AccountView, JobMap, JobView, ProjectView, StatsView, TeamView } from '@manyhands/protocol';
import { assets, renderAccount, renderJob, renderNotFound, renderOverview, renderTeam } from '@manyhands/stats-page';
import {
  sampleAccount,
  sampleAround,
  sampleJob,
  sampleMap,
  sampleProject,
  sampleStats,
  sampleTeam,
} from '../../packages/stats-page/test/sample-views.ts';

/** As strict as a policy can be (PG3). */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export class PageSite implements AsyncDisposable {
  stats: StatsView = sampleStats();
  project: ProjectView = sampleProject();
  job: JobView = sampleJob();
  map: JobMap = sampleMap();
  account: AccountView = sampleAccount();
  team: TeamView = sampleTeam();
  readonly #streams = new Set<ServerResponse>();
  readonly #server = createServer((request, response) => this.#answer(request.url ?? '/', response));

  static async open(): Promise<PageSite> {
    const site = new PageSite();
    await new Promise<void>((resolve) => site.#server.listen(0, '127.0.0.1', resolve));
    return site;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Open streams. */
  get readers(): number {
    return this.#streams.size;
  }

  push(stats: StatsView): void {
    this.stats = stats;
    for (const stream of this.#streams) stream.write(`data: ${JSON.stringify(stats)}\n\n`);
  }

  dropStreams(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(path: string, response: ServerResponse): void {
    const asset = assets.get(path);
    if (asset !== undefined) response.writeHead(200, { 'content-type': asset.contentType }).end(asset.body);
    else if (path === '/v1/events') this.#openStream(response);
    else if (path.endsWith('/map')) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.map));
    else this.#answerPage(path, response);
  }

  #openStream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(this.stats)}\n\n`);
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  #answerPage(path: string, response: ServerResponse): void {
    const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': CONTENT_SECURITY_POLICY };
    if (path === '/') response.writeHead(200, headers).end(renderOverview(this.stats, this.project, { map: this.map }));
    else if (path === '/jobs/one') response.writeHead(200, headers).end(renderJob(this.job, this.map, this.stats, this.project));
    else if (path === '/accounts/one')
      response.writeHead(200, headers).end(renderAccount(this.account, sampleAround([this.account, ...this.team.members]), this));
    else if (path === '/teams/one') response.writeHead(200, headers).end(renderTeam(this.team, this));
    else response.writeHead(404, headers).end(renderNotFound());
  }
}
