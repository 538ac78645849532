/** Talks to the daemon of a data folder, if one is running. */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { controlAddressOf } from './control-address.ts';
import { type ControlAnswer, type ControlRequest, controlAnswerSchema, type WorkerStatus } from './control-protocol.ts';

const ANSWER_MS = 5_000;

/** null: no daemon runs on this data folder. Rejects when one runs and gives no sensible answer. */
export async function sendControl(dataDir: string, request: ControlRequest): Promise<ControlAnswer | null> {
  if (!existsSync(dataDir)) return null;
  const text = await exchange(controlAddressOf(dataDir), `${JSON.stringify(request)}\n`);
  return text === null ? null : controlAnswerSchema.parse(JSON.parse(text));
}

/** What the daemon is doing and why; null: none runs on this data folder. */
export async function readStatus(dataDir: string): Promise<WorkerStatus | null> {
  const answer = await sendControl(dataDir, { command: 'status' });
  return answer?.ok ? answer.status : null;
}

/** Nobody there. */
const ABSENT = new Set(['ENOENT', 'ECONNREFUSED']);

function exchange(address: string, line: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(address, () => socket.write(line));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(`the worker did not answer within ${ANSWER_MS / 1_000} s`)));
    socket.on('error', (error: NodeJS.ErrnoException) => (ABSENT.has(error.code ?? '') ? resolve(null) : reject(error)));
    socket.on('end', () => resolve(text));
  });
}
