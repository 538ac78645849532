import type { SchemeMaker } from '../world/scheme.ts';
import { Voting } from './voting.ts';

/** A warning: who loses a vote is banned. Colluders with free identities then vote the honest out, one after the other. */
export const quorumWithBans =
  (k: number): SchemeMaker =>
  (job, book) => {
    const banned = new Set<number>();
    return new Voting(job, book, {
      quorumFor: () => k,
      lost(host) {
        banned.add(host);
        book.ban(host);
      },
      isBanned: (host) => banned.has(host),
    });
  };
