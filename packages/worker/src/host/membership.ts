/** The project this data folder joined: its pinned key, and the consent without which no code runs (WK1). */
import { publicKeySchema } from '@manyhands/protocol';
import * as z from 'zod';
import { WorkerError } from '../domain/worker-error.ts';
import type { DataFolder } from './data-folder.ts';
import { readSmallFile, writeSmallFile } from './small-file.ts';

const membershipSchema = z.strictObject({
  format: z.literal(1),
  url: z.url(),
  projectName: z.string(),
  projectKey: publicKeySchema,
  /** `link` the key came with the join link · `first-use` it was taken from the coordinator's first answer. */
  pinnedBy: z.enum(['link', 'first-use']),
  /** Epoch milliseconds. */
  consentedAt: z.int(),
});
export type Membership = z.infer<typeof membershipSchema>;

/** null: nobody has consented here yet. */
export async function readMembership(folder: DataFolder): Promise<Membership | null> {
  const text = await readSmallFile(folder.membership);
  if (text === null) return null;
  try {
    return membershipSchema.parse(JSON.parse(text));
  } catch {
    throw new WorkerError('data-folder', `${folder.membership} is damaged. Delete it and join the project again.`);
  }
}

export const writeMembership = (folder: DataFolder, membership: Membership): Promise<void> =>
  writeSmallFile(folder.membership, `${JSON.stringify(membership, null, 2)}\n`);
