/** What test/crash kills, fails and records calls to the disk with. */
import { findProgram, provideFromDebian } from './provide-debian.ts';

/** null: it is there now. Else, in words, why the crash tests cannot run. */
export const provideStrace = (): string | null =>
  provideFromDebian({
    package: 'strace',
    find: () => findProgram(['strace']),
    advice: 'Install the package "strace" and run this again.',
  });
