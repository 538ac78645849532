/** Each rule that a check can find broken, for the operator: what it means that it is, and what to do. The rules are those of docs/spec/operations.md (OP4). */

interface Explanation {
  readonly means: string;
  readonly advice: string;
}

const REPORT =
  'Keep a backup of this folder and report it with the unit’s story (`manyhands explain`); the coordinator may go on meanwhile.';
const RESTORE =
  'Stop the coordinator, keep a copy of the folder, check the disk, and restore the latest backup that passes `manyhands fsck`.';
const RERUN = 'Publish a job over these units again and compare, before the result is used. Report it: this should not be possible.';
const SUMS = 'Results are not touched by it. Keep a backup of this folder and report it; the sums can be counted again from the ledger.';

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  I2: { means: 'What is stored is not what the volunteer who held the lease sent.', advice: RESTORE },
  I3: {
    means: 'Two places that change together do not agree, so a change was stored in part or a row was changed by hand.',
    advice: RESTORE,
  },
  I4: { means: 'A result was recorded twice, so it may have counted twice.', advice: RERUN },
  I5: {
    means: 'Inputs are missing, double or not what the author sent, so the job computes something else than was asked.',
    advice: 'Cancel the job and publish it again under another key. If more than one job is named, check the disk and restore a backup.',
  },
  I7: { means: 'The database file itself is damaged: a disk, a file system or another program changed it.', advice: RESTORE },
  I8: { means: 'A unit has more than one answer, or its author is handed another one than was believed.', advice: RERUN },
  I9: { means: 'A job or unit that had ended was changed afterwards.', advice: RERUN },
  I10: { means: 'Two pieces of work cannot be told apart, so a result may be booked for the wrong one.', advice: RERUN },
  I11: { means: 'One volunteer was asked twice about the same unit, so its agreement with itself may have counted as two.', advice: RERUN },
  I12: { means: 'A unit was handed out more often than is allowed.', advice: REPORT },
  I15: { means: 'A verdict does not follow from what came back, so the answer may be wrong.', advice: RERUN },
  I19: {
    means: 'An answer rests on the word of a host that was found to lie since.',
    advice:
      'Have the unit computed again before its result is used. Under the policy `confidence` a unit that ended before its host was convicted can stand so.',
  },
  I20: { means: 'A host is shut out and nothing on record says why.', advice: REPORT },
  I22: {
    means: 'A volunteer computed a valid result and has no credit for it, or has credit for a result that is not valid.',
    advice: REPORT,
  },
  I23: { means: 'Credit does not add up: a balance is not the sum of what was granted and taken back.', advice: SUMS },
  I24: { means: 'A figure on the public pages is not what it is counted from.', advice: SUMS },
  I25: { means: 'More credit was granted for a result than its task allows.', advice: REPORT },
  I26: { means: 'Work was handed out and never came back, expired or was given back: it is lost from the books.', advice: REPORT },
  I27: {
    means: 'A job says that it goes on though all its units have ended, or the other way round; whoever waits for it waits for ever.',
    advice: 'Restart the coordinator. If it is still so, cancel the job (its verified results stay) and report it.',
  },
  I28: {
    means: 'A unit is open and nobody will ever be given it, so its job never ends.',
    advice: 'Restart the coordinator. If it is still so, cancel the job (its verified results stay) and publish the missing units again.',
  },
  I30: {
    means: 'A lease that expires would not be noticed, so its unit may wait for ever.',
    advice: 'Restart the coordinator. If it is still so, cancel the job (its verified results stay) and publish the missing units again.',
  },
  I36: { means: 'A cancelled job has units that were never ended.', advice: 'Restart the coordinator: it goes on ending them.' },
  I37: { means: 'Work of a unit that has ended would still be handed out.', advice: REPORT },
  I38: {
    means: 'A file that tasks or results refer to is missing or damaged, so it cannot be delivered.',
    advice:
      'Put it back into `blobs` from a backup. A task’s bundle or an input can also be published again; the output of a unit has to be computed again.',
  },
};

export interface ExplainedViolation extends Explanation {
  readonly rule: string;
  readonly subject: string;
  readonly message: string;
}

export function explain(violation: { readonly rule: string; readonly subject: string; readonly message: string }): ExplainedViolation {
  const { rule, subject, message } = violation;
  return { rule, subject, message, ...(EXPLANATIONS[rule] ?? { means: `Rule ${rule} does not hold.`, advice: REPORT }) };
}

/** For the tests: a rule that can be found broken has an explanation. */
export const EXPLAINED_RULES: readonly string[] = Object.keys(EXPLANATIONS);
