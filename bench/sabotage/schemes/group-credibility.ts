import { NO_ANSWER } from '../world/answer.ts';
import { NO_VOTE, type Votes } from './votes.ts';

/**
 * The answer whose group is the most credible. With the odds o = C/(1−C) of each host, a group's odds O are the product of its
 * members', and its credibility is O / (1 + Σ O over all groups): Sarmenta's formula, divided by the chance that all are bad.
 * The object is the same one at every call.
 */
export function strongestGroup(votes: Votes, unit: number, oddsOf: (host: number) => number): Readonly<typeof strongest> {
  strongest.answer = NO_ANSWER;
  let [best, sum] = [0, 0];
  for (let vote = votes.ofUnit(unit); vote !== NO_VOTE; vote = votes.older(vote)) {
    const answer = votes.answer(vote);
    if (answer === NO_ANSWER || !isNewestOfGroup(votes, unit, vote)) continue;
    const odds = groupOdds(votes, vote, oddsOf);
    sum += odds;
    if (odds <= best) continue;
    best = odds;
    strongest.answer = answer;
  }
  strongest.credibility = best / (1 + sum);
  return strongest;
}

const strongest = { answer: NO_ANSWER, credibility: 0 };

function isNewestOfGroup(votes: Votes, unit: number, candidate: number): boolean {
  for (let vote = votes.ofUnit(unit); vote !== candidate; vote = votes.older(vote))
    if (votes.answer(vote) === votes.answer(candidate)) return false;
  return true;
}

function groupOdds(votes: Votes, newest: number, oddsOf: (host: number) => number): number {
  let odds = 1;
  for (let vote = newest; vote !== NO_VOTE; vote = votes.older(vote))
    if (votes.answer(vote) === votes.answer(newest)) odds *= oddsOf(votes.host(vote));
  return odds;
}
