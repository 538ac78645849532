/** Schemas of path and query parts that several routes share. */
import { digestSchema, jobIdSchema, taskIdSchema } from '@manyhands/protocol';
import * as z from 'zod';

export const jobParams = z.object({ id: jobIdSchema });
export const taskParams = z.object({ id: taskIdSchema });
export const blobParams = z.object({ digest: digestSchema });
export const indexText = z
  .string()
  .regex(/^(0|[1-9]\d{0,14})$/, 'must be a whole number from 0')
  .transform(Number);
export const pageLimit = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);
export const yesNo = z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(false);
