/** What the volunteer's account has earned, as the project's coordinator tells everybody. */
import { type AccountView, accountViewSchema } from '@manyhands/protocol';
import type { WorkerStatus } from '@manyhands/worker';
import { plural } from '../terminal/words.ts';

/** Nobody waits longer for a figure that is on the project's page too. */
const ANSWER_MS = 2_000;

/** null: not to be had now, or this machine has never been connected. */
export async function creditOf({ account, project }: Pick<WorkerStatus, 'account' | 'project'>): Promise<AccountView | null> {
  if (account === null) return null;
  try {
    const answer = await fetch(new URL(`v1/accounts/${account}`, project.url), {
      signal: AbortSignal.timeout(ANSWER_MS),
      redirect: 'error',
    });
    return answer.ok ? (accountViewSchema.safeParse(await answer.json()).data ?? null) : null;
  } catch {
    return null;
  }
}

const figures = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

export function creditLines(view: AccountView | null): string[] {
  if (view === null) return [];
  const { credit, recentCredit, validResults, days, ranks } = view;
  const today = days.at(-1)?.credit ?? 0;
  const place = ranks.total === null ? '' : `, place ${ranks.total}`;
  return [
    `Credit     ${figures.format(credit)} for ${plural(validResults, 'valid result')}${place}; ${figures.format(today)} today, ${figures.format(recentCredit)} a day lately`,
  ];
}
