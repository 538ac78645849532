/** Runs one step as a child process without a terminal or stdin, passes on what it says, and reads what came of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Step, StepResult } from './step.ts';
import { readReport } from './vitest-report.ts';

/** A step that says nothing for this long is mentioned, so that a reader of the log knows that it lives. */
const QUIET_MS = 30_000;

export async function runStep(step: Step, root: string): Promise<StepResult> {
  const startedAt = performance.now();
  const obstacle = step.provide?.() ?? (await runCommand(step, root));
  const elapsedMs = performance.now() - startedAt;
  const counts = step.report === null ? null : readReport(join(root, step.report));
  const { passed, failures, skipped } = counts ?? { passed: 0, failures: [], skipped: 0 };
  // An exit code without a failed test (types, a coverage threshold, an error outside of any test) is a failure of its own.
  const all = obstacle !== null && failures.length === 0 ? [obstacle] : failures;
  return { name: step.name, elapsedMs, passed, skipped, failed: all.length, failures: all };
}

/** null: exit code 0. Else what happened, in words. */
async function runCommand(step: Step, root: string): Promise<string | null> {
  const [name, ...args] = step.command;
  if (step.report !== null) {
    rmSync(join(root, step.report), { force: true });
    mkdirSync(dirname(join(root, step.report)), { recursive: true });
  }
  const binaries = join(root, 'node_modules', '.bin');
  const child = spawn(join(binaries, name), args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what it started can be stopped with it.
    detached: true,
    env: { ...process.env, CI: 'true', PATH: `${binaries}${delimiter}${process.env['PATH'] ?? ''}` },
  });
  return untilEnd(child, step);
}

async function untilEnd(child: ChildProcess, { name, limitMs }: Step): Promise<string | null> {
  const startedAt = performance.now();
  using watch = new DisposableStack();
  const quiet = setInterval(() => console.log(`gate: ${name} runs for ${Math.round((performance.now() - startedAt) / 1_000)} s`), QUIET_MS);
  let isOverdue = false;
  const limit = setTimeout(() => {
    isOverdue = true;
    stop(child);
  }, limitMs);
  const interrupt = () => {
    stop(child);
    process.exit(130);
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  watch.defer(() => process.off('SIGINT', interrupt).off('SIGTERM', interrupt));
  watch.defer(() => clearTimeout(limit));
  watch.defer(() => clearInterval(quiet));
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      quiet.refresh();
      process.stdout.write(chunk);
    });
  }
  const ended = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(`${name} could not be started: ${error.message}`));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? null : `${name} ended with ${signal ?? `exit code ${code}`}; its output is above`),
    );
  });
  return isOverdue ? `${name} was stopped after ${limitMs / 60_000} minutes; its output is above` : ended;
}

function stop({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
