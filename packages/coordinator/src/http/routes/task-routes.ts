import { verifyTask } from '@manyhands/identity';
import { publishTaskSchema, type SignedTask, type TaskId, type TaskManifest } from '@manyhands/protocol';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Author } from '../../domain/change-set.ts';
import { toTaskView } from '../board.ts';
import { checked, found, granted } from '../checked.ts';
import type { HttpContext } from '../http-context.ts';
import { Refusal } from '../refusal.ts';
import { pageLimit, taskParams } from './params.ts';

const listQuery = z.object({ limit: pageLimit(200, 50) });
/** Two signed texts of up to 64 KiB each, as JSON. */
const BODY_BYTES = 320 * 1024;

export function taskRoutes(app: FastifyInstance, context: HttpContext): void {
  const { auth, board, coordinator, events, reads } = context;

  app.get('/v1/tasks', async (request) => {
    const { limit } = checked(listQuery, request.query, 'the query');
    return { tasks: (await reads.listTasks(limit)).map(toTaskView) };
  });

  /** What a worker fetches: it checks the chain for itself. */
  app.get('/v1/tasks/:id', async (request) => {
    const { id } = checked(taskParams, request.params, 'the path');
    const task = found(await board.task(id), `No task ${id} was published here.`);
    return { view: toTaskView(task), signed: task.signed };
  });

  app.post(
    '/v1/tasks',
    { bodyLimit: BODY_BYTES, onRequest: async (request) => void (await auth.author(request)) },
    async (request, reply) => {
      const author = await auth.author(request);
      const signed = checked(publishTaskSchema, request.body, 'the body');
      const { id, manifest } = await vetted(context, signed, author);
      granted(await coordinator.publishTask({ id, manifest, signed, author: author.name }));
      events.taskPublished(id, `${manifest.name} ${manifest.version}`, author.name);
      return reply.code(201).send(toTaskView(found(await board.task(id), `Task ${id} was not stored.`)));
    },
  );
}

/** Walks the whole chain (I43's counterpart on this side); the refusal says which link broke. */
async function vetted(
  { project, clock, blobs, events }: HttpContext,
  signed: SignedTask,
  author: Author,
): Promise<{ id: TaskId; manifest: TaskManifest }> {
  const refuse = (reason: string) => {
    events.taskRefused(author.name, reason);
    return new Refusal('untrusted-task', `The task was not published: ${reason}.`);
  };
  const chain = verifyTask(signed, project.projectKey, clock.now());
  if (!chain.ok) throw refuse(chain.reason);
  if (chain.certificate.author !== author.name) {
    throw refuse(`the certificate is for ${chain.certificate.author}, the token belongs to ${author.name}`);
  }
  if (chain.certificate.authorKey !== author.key) {
    throw refuse(`the certificate is for another key than the one registered for ${author.name}`);
  }
  const { bundle, bundleBytes } = chain.manifest;
  const size = await blobs.size(bundle);
  if (size === null) throw refuse(`its bundle is not stored here: PUT /v1/blobs/${bundle} first`);
  if (size !== bundleBytes) throw refuse(`its bundle has ${size} bytes, the manifest says ${bundleBytes}`);
  if ((await blobs.read(bundle)) === null) throw refuse(`its bundle ${bundle} has gone`);
  return chain;
}
