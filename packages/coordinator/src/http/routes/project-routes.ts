import type { FastifyInstance } from 'fastify';
import type { HttpContext } from '../http-context.ts';

export function projectRoutes(app: FastifyInstance, { board }: HttpContext): void {
  app.get('/v1/project', () => board.project());
  app.get('/v1/stats', () => board.stats());
}
