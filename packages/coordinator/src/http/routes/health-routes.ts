import type { FastifyInstance } from 'fastify';
import type { HttpContext } from '../http-context.ts';
import { Refusal } from '../refusal.ts';

export function healthRoutes(app: FastifyInstance, { unreadiness }: HttpContext): void {
  app.route({ method: ['GET', 'HEAD'], url: '/livez', handler: () => ({ status: 'live' }) });
  app.route({
    method: ['GET', 'HEAD'],
    url: '/readyz',
    handler: async () => {
      const reason = await unreadiness();
      if (reason !== null) throw new Refusal('overloaded', `Not ready: ${reason}.`);
      return { status: 'ready' };
    },
  });
}
