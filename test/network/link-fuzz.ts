/** The worker's link against a coordinator that says anything: one connection after the other, each from its own seed. */
import { once } from 'node:events';
import { createKeyPair, createSecret } from '@manyhands/identity';
import { type Downstream, downstreamSchema } from '@manyhands/protocol';
import { WebSocketServer } from 'ws';
import { systemClock } from '../../packages/worker/src/host/system-clock.ts';
import { createWsLink } from '../../packages/worker/src/link/ws-link.ts';
import type { LinkLoss } from '../../packages/worker/src/ports/coordinator-link.ts';
import { Chance } from '../simulation/chance.ts';
import { type Frame, FrameSource } from './frame-source.ts';
import { within } from './within.ts';

export interface LinkReport {
  readonly frames: number;
  readonly visits: number;
  /** Messages that reached the worker. */
  readonly heard: number;
  readonly findings: readonly { readonly seed: number; readonly what: string }[];
}

const PATIENCE_MS = 60_000;
const MOST_FRAMES = 30;
const SEED_STRIDE = 10_000_000;
const ENOUGH_FINDINGS = 20;
const source = new FrameSource(downstreamSchema);
const projectKey = createKeyPair().publicKey;
const isSession = (type: string): boolean => type !== 'challenge' && type !== 'welcome';

interface Script {
  readonly frames: readonly Frame[];
  /** What must reach the worker, in order. */
  readonly expected: readonly unknown[];
  /** Whether the worker must end it. */
  readonly ends: boolean;
}

/** As a coordinator should begin, or not, and then anything. */
function draw(chance: Chance): Script {
  const frames: Frame[] = [];
  const expected: unknown[] = [];
  const isWelcome = chance.isTrue(0.9);
  if (isWelcome) frames.push(say(challenge()), say(source.drawValid(chance, [], (type) => type === 'welcome').message));
  for (let n = chance.int(1, MOST_FRAMES); n > 0; n--) {
    const frame = chance.isTrue(0.95) ? source.drawValid(chance, [], isSession) : source.draw(chance, { valid: 0.2 });
    frames.push(frame);
    if (!isWelcome || frame.message === null || !isSession(frame.message.type)) return { frames, expected, ends: true };
    expected.push(JSON.parse(String(frame.data)));
  }
  return { frames, expected, ends: false };
}

const challenge = () => ({ type: 'challenge', nonce: createSecret(), protocol: { oldest: 1, newest: 1 }, projectKey });
const say = (message: unknown): Frame => ({
  kind: 'in order',
  data: JSON.stringify(message),
  isBinary: false,
  message: null,
  finding: null,
});

export async function fuzzLink({ frames: enough, seed }: { readonly frames: number; readonly seed: number }): Promise<LinkReport> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  const findings: { seed: number; what: string }[] = [];
  let [frames, visits, heard] = [0, 0, 0];
  try {
    for (let next = seed * SEED_STRIDE; frames < enough && findings.length < ENOUGH_FINDINGS; next++) {
      const script = draw(new Chance(next));
      const { messages, loss } = await visit(server, script);
      visits++;
      frames += script.frames.length;
      heard += messages.length;
      for (const { finding } of script.frames) if (finding !== null) findings.push({ seed: next, what: finding });
      const what = complaintOf(script, messages, loss);
      if (what !== null) findings.push({ seed: next, what });
    }
  } finally {
    server.close();
  }
  return { frames, visits, heard, findings };
}

/** null: as it should be. */
function complaintOf({ frames, expected, ends }: Script, messages: readonly unknown[], loss: LinkLoss): string | null {
  const last = frames.at(-1)?.kind;
  if (loss.fatal) return `${last}: taken for the end of everything: ${loss.reason}`;
  if (ends !== !loss.reason.startsWith('Disconnected')) return `${last}: ${loss.reason}`;
  return JSON.stringify(messages) === JSON.stringify(expected)
    ? null
    : `${last}: ${messages.length} messages heard, ${expected.length} were said`;
}

async function visit(server: WebSocketServer, { frames, expected, ends }: Script) {
  const messages: Downstream[] = [];
  const lost = Promise.withResolvers<LinkLoss>();
  const link = createWsLink({
    url: new URL(`ws://127.0.0.1:${(server.address() as { port: number }).port}/v1/worker`),
    clock: systemClock,
    parseRetryAfter: () => null,
    card: { ...CARD, projectKey },
  });
  server.once('connection', (socket) => {
    socket.on('error', () => undefined);
    for (const { data, isBinary } of frames) socket.send(data, { binary: isBinary }, () => undefined);
  });
  link.connect({
    onWelcome: () => undefined,
    onMessage(message) {
      messages.push(message);
      if (!ends && messages.length === expected.length) link.disconnect('all was said');
    },
    onLost: (loss) => lost.resolve(loss),
  });
  return { messages, loss: await within(lost.promise, PATIENCE_MS, `the end of the connection after ${frames.at(-1)?.kind}`) };
}

const CARD = {
  hostKey: createKeyPair(),
  accountSecret: createSecret(),
  displayName: null,
  team: null,
  software: 'fuzz',
  engine: 'none',
  cores: 1,
  gflops: 1,
};
