import { verifyTask } from '@manyhands/identity';
import type { Clock } from '../ports/clock.ts';
import type { VerifyTask } from '../ports/task-verifier.ts';

/** Trusts what the chain leads up to the pinned project key, and only under the name the lease gave it (G6, I43). */
export const createPinnedVerifier =
  (projectKey: string, clock: Clock): VerifyTask =>
  (id, signed) => {
    const chain = verifyTask(signed, projectKey, clock.now());
    if (!chain.ok) return { ok: false, reason: chain.reason };
    if (chain.id !== id) return { ok: false, reason: 'the signed manifest is of another task than the lease names' };
    return { ok: true, task: { id, manifest: chain.manifest, author: chain.certificate.author } };
  };
