import type { FastifyInstance } from 'fastify';
import { goneSignal } from '../gone-signal.ts';
import type { HttpContext } from '../http-context.ts';
import type { StreamSlots } from '../stream-slots.ts';

/** One stream a tab: each event is a whole StatsView, so a reader that missed some has missed nothing. */
export function eventRoutes(app: FastifyInstance, { feed, closing }: HttpContext, slots: StreamSlots): void {
  // `manual`: this route has nothing else to offer, and refusing by Accept would answer in a form of its own.
  app.get('/v1/events', { sse: 'manual', config: { longLived: true } }, async (_request, reply) => {
    using _slot = slots.take();
    for await (const data of feed.follow(goneSignal(reply, closing))) {
      if (!reply.sse.isConnected) return;
      await reply.sse.send({ data });
    }
  });
}
