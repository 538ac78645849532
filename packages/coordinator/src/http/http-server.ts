/** The HTTP edge: limits, headers, and every route by name. Rules HT1… in docs/spec/http.md. */
import type { Server } from 'node:http';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { fastifySSE } from '@fastify/sse';
import {
  type FastifyBaseLogger,
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import { isLoopback, plainAddress } from '../domain/address.ts';
import { createAuth } from './auth.ts';
import { Board } from './board.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { capConnections } from './connection-cap.ts';
import { CreditBoard } from './credit-board.ts';
import { answer, mapErrors, toRefusal } from './error-mapper.ts';
import type { HttpContext, HttpPorts } from './http-context.ts';
import { JobChanges } from './job-changes.ts';
import { Refusal } from './refusal.ts';
import { authorRoutes } from './routes/author-routes.ts';
import { blobRoutes } from './routes/blob-routes.ts';
import { creditRoutes } from './routes/credit-routes.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { evidenceRoutes } from './routes/evidence-routes.ts';
import { healthRoutes } from './routes/health-routes.ts';
import { jobRoutes } from './routes/job-routes.ts';
import { pageRoutes } from './routes/page-routes.ts';
import { projectRoutes } from './routes/project-routes.ts';
import { resultRoutes } from './routes/result-routes.ts';
import { taskRoutes } from './routes/task-routes.ts';
import { unitRoutes } from './routes/unit-routes.ts';
import { StatsFeed } from './stats-feed.ts';
import { StreamSlots } from './stream-slots.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Large bodies or endless answers are the point of this route: `requestMs` does not hold for it. */
    longLived?: boolean;
    /** For people to look at: refused when there is too much to do. */
    isPage?: boolean;
  }
}

/** How long a closing server waits for answers under way, and for connections on which nothing was asked yet. */
const CLOSE_MS = 1_000;
const HEARTBEAT_MS = 15_000;

/** Not listening yet: `app.listen` is the composer's. */
export async function createHttpServer(ports: HttpPorts, log: FastifyBaseLogger): Promise<FastifyInstance> {
  const app = fastify({ loggerInstance: log, ...serverOptions(ports) });
  mapErrors(app);
  await guard(app, ports);
  addRoutes(app, contextFor(app, ports));
  return app;
}

function serverOptions({ limits, trustsProxy }: HttpPorts): FastifyHttpOptions<Server> {
  return {
    logController: new LogController({ disableRequestLogging: true }),
    exposeHeadRoutes: false,
    bodyLimit: limits.bodyBytes,
    // Node knows one such time for all routes; those that are not long-lived get the shorter one in `guard`.
    requestTimeout: limits.uploadMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionTimeout: limits.idleMs,
    trustProxy: (address) => trustsProxy(plainAddress(address)),
    maxRequestsPerSocket: limits.requestsPerConnection,
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: 1_000, maxHeaderSize: 8 * 1024 },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => answer(request, reply, toRefusal(error, request)),
  };
}

async function guard(app: FastifyInstance, { limits, load, trustsProxy }: HttpPorts): Promise<void> {
  const isExempt = (request: FastifyRequest): boolean => !limits.limitLoopback && isLoopback(plainAddress(request.ip));
  app.server.maxConnections = limits.connections;
  capConnections(app.server, { ...limits, trustsProxy });
  // Whoever reset the connection meanwhile has no address any more to be counted by, and hears no answer.
  app.addHook('onRequest', async (request, reply) => (request.raw.socket.remoteAddress === undefined ? reply.hijack() : undefined));
  app.addHook('onRoute', (route) => {
    if (route.config?.longLived !== true) route.handlerTimeout ??= limits.requestMs;
  });
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.isPage === true && !isExempt(request) && load.sheds('page')) throw new Refusal('overloaded', BUSY);
  });
  app.addHook('onResponse', async (request, reply) => {
    request.log.debug({ method: request.method, url: request.url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request');
  });
  await app.register(helmet, { contentSecurityPolicy: { useDefaults: false, directives: CSP } });
  await app.register(rateLimit, {
    max: limits.requestsPerMinute,
    timeWindow: 60_000,
    allowList: isExempt,
    errorResponseBuilder: (_request, { after }) =>
      new Refusal('rate-limited', `Too many requests from your address. Try again in ${after}.`),
  });
  await app.register(fastifySSE, { heartbeatInterval: HEARTBEAT_MS });
}

const BUSY = 'There is too much to do here to show this now. Nothing is lost; try again in a few seconds.';

const CSP = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

function contextFor(app: FastifyInstance, ports: HttpPorts): HttpContext {
  const closing = new AbortController();
  const board = new Board(ports);
  const changes = new JobChanges(ports.coordinator, ports.clock);
  const feed = new StatsFeed({ board, ...ports });
  app.addHook('preClose', async () => {
    closing.abort();
    changes[Symbol.dispose]();
    feed[Symbol.dispose]();
    setTimeout(() => app.server.closeAllConnections(), CLOSE_MS).unref();
  });
  // Node closes the connections that are idle when the server closes, not those that become so afterwards.
  app.addHook('onResponse', async () => {
    if (closing.signal.aborted) setImmediate(() => app.server.closeIdleConnections());
  });
  const auth = createAuth({ authors: () => ports.store.authors(), adminTokenHash: ports.adminTokenHash });
  return { ...ports, auth, board, credit: new CreditBoard(ports), changes, feed, closing: closing.signal };
}

function addRoutes(app: FastifyInstance, context: HttpContext): void {
  const slots = new StreamSlots(context.limits.streams);
  healthRoutes(app, context);
  projectRoutes(app, context);
  taskRoutes(app, context);
  jobRoutes(app, context);
  unitRoutes(app, context);
  resultRoutes(app, context, slots);
  evidenceRoutes(app, context);
  blobRoutes(app, context);
  authorRoutes(app, context);
  creditRoutes(app, context);
  eventRoutes(app, context, slots);
  pageRoutes(app, context);
}
