/**
 * Defects planted by hand, to know what the simulation can see. Each is a change to the text of one file: `find` must occur there exactly once, so a
 * mutant that does not fit its file any more is noticed at once. Nothing in the product knows of them; they exist in memory only (mutated-modules.ts).
 */

export interface Mutant {
  /** In words, as the table shows it. */
  readonly name: string;
  /** In packages/coordinator/src. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const mutant = (name: string, file: string, find: string, replace: string): Mutant => ({ name, file, find, replace });

export const MUTANTS: readonly Mutant[] = [
  mutant(
    'acknowledged before the commit',
    'engine/commit-queue.ts',
    'const outcome = await store.commit(changes);',
    'for (const [i, early] of batch.splice(0).entries()) early.speak(answers[i]);\n      const outcome = await store.commit(changes);',
  ),
  mutant(
    'a batch refused by a broken disk is acknowledged',
    'engine/commit-queue.ts',
    'const outcome = await store.commit(changes);',
    "const outcome = await store.commit(changes).catch(() => ({ kind: 'committed' }));",
  ),
  mutant('a quorum of one too few', 'domain/quorum.ts', 'strongest.votes >= k ?', 'strongest.votes >= Math.max(1, k - 1) ?'),
  mutant(
    'credit for a late result',
    'domain/result-transitions.ts',
    '    countsDelta: { results: 1 },\n',
    '    countsDelta: { results: 1 },\n    postings: [toPosting(unit, replica, context)],\n',
  ),
  mutant('credit without a bound', 'domain/credit.ts', 'Math.max(0, Math.min(returnedAt - leasedAt, timeoutMs))', 'returnedAt - leasedAt'),
  mutant(
    'a result counts after its lease expired',
    'domain/result-transitions.ts',
    "if (replica.kind === 'lost') return recordLate",
    "if (replica.kind === 'lost' && replica.cause === 'expired' && !hasEnded(unit)) return recordInTime(unit, replica, command, context);\n  if (replica.kind === 'lost') return recordLate",
  ),
  mutant(
    'a late result replaces the final one',
    'domain/result-transitions.ts',
    'const judged = judgeLate(replace(unit, returned), returned, valid, context);',
    'const judged = judgeLate({ ...replace(unit, returned), state: { ...unit.state, digest: command.digest } }, returned, valid, context);',
  ),
  mutant(
    'a repeated result counts twice',
    'domain/result-transitions.ts',
    "if (replica.kind !== 'leased') return answerRepeat(unit, replica.digest === command.digest);",
    "if (replica.kind !== 'leased') return replica.digest === command.digest ? toTransition({ ...unit }, { kind: 'recorded' }, { countsDelta: { results: 1 } }) : answerRepeat(unit, false);",
  ),
  mutant(
    'anybody may answer a lease',
    'domain/result-transitions.ts',
    "if (replica.kind !== 'ready' && replica.lease === lease && replica.host === host) return replica;",
    "if (replica.kind !== 'ready' && replica.lease === lease) return replica;",
  ),
  mutant('an error is counted wrongly', 'domain/result-transitions.ts', 'countsDelta: { errored: 1 },', 'countsDelta: { errored: 2 },'),
  mutant(
    'a clock set forward brings lost leases back',
    'store/unit-facts.ts',
    "(replica.kind === 'leased' ? {",
    "(replica.kind === 'lost' && replica.cause === 'expired' ? { ...replica, kind: 'leased', deadlineAt: replica.leasedAt + byMs } : replica.kind === 'leased' ? {",
  ),
  mutant(
    'time stands still until a clock set back has caught up',
    'app/steady-clock.ts',
    'at = Math.max(shown, at + (elapsed - elapsedMs) * WAITING_PACE);',
    'at = Math.max(shown, at);',
  ),
  mutant(
    'time goes back with the clock',
    'app/steady-clock.ts',
    'at = Math.max(shown, at + (elapsed - elapsedMs) * WAITING_PACE);',
    'at = shown;',
  ),
  mutant(
    'a start goes back in time',
    'app/steady-clock.ts',
    'let at = notBefore ?? Number.NEGATIVE_INFINITY;',
    'let at = Number.NEGATIVE_INFINITY;',
  ),
  mutant(
    'downtime is made up for who came after it',
    'store/unit-facts.ts',
    'Math.min(deadlineAt + byMs, aliveAt + leaseMs)',
    'deadlineAt + byMs',
  ),
  mutant(
    'the same account twice',
    'domain/eligibility.ts',
    'replica.account === candidate.account || replica.host === candidate.host',
    'replica.host === candidate.host',
  ),
  mutant(
    'one replica more than allowed',
    'domain/replication.ts',
    'context.maxReplicas - unit.replicas.length ||',
    'context.maxReplicas + 1 - unit.replicas.length ||',
  ),
  mutant(
    'holders of a final unit are not told',
    'domain/unit-end.ts',
    "effects: leasesOf(unit).map((replica) => revocation(unit, replica, 'final')),",
    'effects: [],',
  ),
  mutant(
    'a failed unit keeps its ready replicas',
    'domain/unit-end.ts',
    "replicas: unit.replicas.filter((replica) => replica.kind !== 'ready').map(revoke)",
    'replicas: unit.replicas.map(revoke)',
  ),
  mutant(
    'trust grows on what nobody verified',
    'domain/weighing.ts',
    'const isConfirmed = (no: number) => isBeyondDoubt || members.some((member) => member.no !== no);',
    'const isConfirmed = (_: number) => true;',
  ),
  mutant(
    'final on one word',
    'domain/weighing.ts',
    'const isSufficient = (first.members.length > 1 ||',
    'const isSufficient = (first.members.length > 0) || (first.members.length > 1 ||',
  ),
  mutant(
    'what was credited is not taken back',
    'domain/weighing.ts',
    "if (vote.kind !== 'judged' || !vote.valid) return [];",
    'if (vote !== null) return [];',
  ),
  mutant(
    'convicted, and its word stands elsewhere',
    'engine/backtracker.ts',
    'const resting = page.flatMap(',
    'const resting = page.slice(page.length).flatMap(',
  ),
  mutant(
    'checks count that nobody made',
    'domain/audit-transitions.ts',
    'members.map(({ checks }) => checks),',
    'members.map(({ checks }) => checks + 1e9),',
  ),
  mutant(
    'provisional is taken for final',
    'domain/work-unit.ts',
    "unit.state.kind === 'final' || unit.state.kind === 'failed' ||",
    "unit.state.kind === 'final' || unit.state.kind === 'provisional' || unit.state.kind === 'failed' ||",
  ),
  mutant(
    'a chunk that came before is taken again',
    'domain/job-transitions.ts',
    'if (chunk < job.chunkCount) {',
    'if (chunk < job.chunkCount - 1) {',
  ),
  mutant(
    'reconciling sends again what both know',
    'engine/reconciliation.ts',
    'live.filter(({ lease }) => !this.#known.has(lease))',
    'live.filter(() => true)',
  ),
  mutant(
    'reconciling leaves out what the host does not know of',
    'engine/reconciliation.ts',
    'live.filter(({ lease }) => !this.#known.has(lease))',
    'live.filter(() => false)',
  ),
  mutant(
    'work before reconciling',
    'engine/worker-session.ts',
    'if (!this.#isOpen || !this.#isReconciled || this.#link',
    'if (!this.#isOpen || this.#link',
  ),
  mutant(
    'more leases than the quota',
    'engine/worker-session.ts',
    'Math.max(0, Math.min(this.#wish, this.quota - this.book.size))',
    'this.#wish',
  ),
  mutant(
    'a cancel leaves ready units open',
    'engine/job-canceller.ts',
    'return ready.length > 0 ? ready : store',
    'return ready.length > 1_000_000 ? ready : store',
  ),
  mutant(
    'a cancel is acknowledged and does nothing',
    'domain/job-transitions.ts',
    "return job.state === 'done' ? null : { ...job, state: 'cancelled' };",
    "return job.state === 'done' ? null : { ...job };",
  ),
  mutant(
    'downtime does not extend leases',
    'engine/create-coordinator.ts',
    'if (downtimeMs > 0) await',
    'if (downtimeMs > Number.MAX_VALUE) await',
  ),
  mutant(
    'a sleep just before the end is no downtime',
    'engine/create-coordinator.ts',
    'await this.#options.store.keepAlive(this.#sweeper.servedUntil);',
    'await this.#options.store.keepAlive(this.#options.clock.now());',
  ),
  mutant(
    'a clock set forward expires everything',
    'engine/lease-sweeper.ts',
    'return passedMs > JUMP_INTERVALS * this.#ports.limits.sweepMs;',
    'return passedMs > Number.MAX_VALUE;',
  ),
  mutant(
    'nothing ever expires',
    'engine/lease-sweeper.ts',
    'const page = await store.expiredUnits(now, limits.pageUnits);',
    'const page = await store.expiredUnits(0, limits.pageUnits);',
  ),
  mutant('a restart forgets pending checks', 'engine/create-coordinator.ts', 'await this.#judge.resume(job);', 'await Promise.resolve();'),
  mutant(
    'a restart forgets half cancelled jobs',
    'engine/create-coordinator.ts',
    "if (job.state === 'cancelled') return this.#canceller.add(job.id);",
    "if (job.state === 'cancelled') return;",
  ),
  mutant(
    'a ready unit is lost from sight',
    'engine/ready-window.ts',
    'if (this.#byIndex.size >= this.#limit) this.#isMissing = true;',
    'if (this.#byIndex.size >= this.#limit) return;',
  ),
  mutant(
    'the store loses postings',
    'store/sqlite/commit.ts',
    'tables.ledger.write(postings, endings, retractions.length);',
    'tables.ledger.write(postings.slice(1), endings, retractions.length);',
  ),
  mutant(
    'a commit that is half done stays',
    'store/sqlite/commit.ts',
    'if (db.inTransaction) rollback.run();',
    'if (db.inTransaction) commit.run();',
  ),
];
