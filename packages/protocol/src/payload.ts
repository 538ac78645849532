import * as z from 'zod';
import { digestSchema } from './digest.ts';
import { LIMITS } from './limits.ts';

/**
 * An input or output as it travels: canonical JSON text (see value.ts), opaque to the coordinator,
 * inline when small, else the name of a blob that holds the text.
 */
export const payloadSchema = z.union([
  z.string().max(LIMITS.inlinePayloadBytes),
  z.strictObject({ blob: digestSchema, bytes: z.int().nonnegative().max(LIMITS.payloadBytes) }),
]);
export type Payload = z.infer<typeof payloadSchema>;
