import * as z from 'zod';
import { digestSchema } from './digest.ts';
import { LIMITS } from './limits.ts';

/**
 * An input or output as it travels: canonical JSON text (see value.ts), opaque to the coordinator,
 * inline when small, else the name of a blob that holds the text.
 */
export const payloadSchema = z.union([
  // Half a surrogate pair has no UTF-8 form: what is stored would not be what was said, and its digest would be another's (PR19).
  z
    .string()
    .max(LIMITS.inlinePayloadBytes)
    .refine((text) => text.isWellFormed(), 'half a surrogate pair has no UTF-8 form'),
  z.strictObject({ blob: digestSchema, bytes: z.int().nonnegative().max(LIMITS.payloadBytes) }),
]);
export type Payload = z.infer<typeof payloadSchema>;
