/** Answers as people speak of them: A is the first that came, B the first that did not agree with it. */
import type { Digest, VerifyPolicy } from '@manyhands/protocol';
import type { StoredResult } from './change-set.ts';
import { agrees, namingOf } from './comparison.ts';
import type { WorkUnit } from './work-unit.ts';

export interface AnswerLetters {
  /** Of what replica `no` answered; only asked of those that did. */
  of(no: number): string;
  /** Of the answer that this digest stands for. */
  named(digest: Digest): string;
}

const FIRST = 'A'.charCodeAt(0);

/** `results`: oldest first. */
export function lettersOf(unit: WorkUnit, results: readonly StoredResult[], verify: VerifyPolicy): AnswerLetters {
  const nameOf = namingOf(unit, verify);
  const { state } = unit;
  const nameIn = (digest: Digest, name: Digest): Digest =>
    state.kind === 'final' && agrees(unit, digest, state.digest, verify) === true ? state.digest : name;
  const letters = new Map<Digest, string>();
  const letterOf = (name: Digest): string => {
    const known = letters.get(name) ?? String.fromCharCode(FIRST + letters.size);
    letters.set(name, known);
    return known;
  };
  const byReplica = new Map<number, string>();
  for (const { no, body } of results)
    if (body.kind === 'ok') byReplica.set(no, letterOf(nameIn(body.digest, nameOf({ no, digest: body.digest }))));
  return { of: (no) => byReplica.get(no) as string, named: (digest) => letterOf(nameIn(digest, digest)) };
}
