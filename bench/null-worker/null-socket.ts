/**
 * The socket of a worker that computes nothing. It speaks the real wire over a real socket; only its own parsing is cut short,
 * so that the generator is not what is measured.
 */
import { createKeyPair, createSecret, signText } from '@manyhands/identity';
import { WebSocket } from 'ws';

export interface AssignedLease {
  readonly lease: string;
  readonly job: string;
  readonly index: number;
  readonly input: string;
}

export interface NullSocketEvents {
  /** It may ask for work from now on. */
  ready(): void;
  assigned(leases: readonly AssignedLease[]): void;
  /** So many results of one frame are durable; frames are answered in order. */
  recorded(results: number): void;
}

export interface NullSocket {
  ask(replicas: number): void;
  submit(leases: readonly AssignedLease[]): void;
  terminate(): void;
}

const hello = (nonce: string) => {
  const key = createKeyPair();
  return {
    type: 'hello',
    protocol: { oldest: 1, newest: 1 },
    hostKey: key.publicKey,
    signature: signText('hello', nonce, key),
    accountSecret: createSecret(),
    displayName: null,
    software: 'null-worker',
    engine: 'none',
    cores: 2,
  };
};

/** The input is the answer: so is the task's. */
const resultOf = ({ lease, job, index, input }: AssignedLease): string =>
  `{"lease":"${lease}","job":"${job}","index":${index},"status":"ok","output":${JSON.stringify(input)},"elapsedMs":1}`;

export function openNullSocket(url: string, on: NullSocketEvents): NullSocket {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/worker`, { perMessageDeflate: false });
  let wish = 0;
  const ask = (replicas: number): void => {
    wish = replicas;
    if (socket.readyState === socket.OPEN) socket.send(`{"type":"request-work","replicas":${replicas}}`);
  };
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    if (text.startsWith('{"type":"assign"')) {
      const { job, leases } = JSON.parse(text) as { job: string; leases: readonly Omit<AssignedLease, 'job'>[] };
      on.assigned(leases.map((lease) => ({ ...lease, job })));
    } else if (text.startsWith('{"type":"recorded"')) on.recorded(assertRecorded(text));
    else if (text.startsWith('{"type":"no-work"')) {
      const { reason, retryAfterMs } = JSON.parse(text) as { reason: string; retryAfterMs: number };
      // Of any other reason it is told while its wish stands.
      if (reason === 'overloaded') setTimeout(() => ask(wish), retryAfterMs);
    } else if (text.startsWith('{"type":"challenge"')) socket.send(JSON.stringify(hello((JSON.parse(text) as { nonce: string }).nonce)));
    else if (text.startsWith('{"type":"welcome"')) socket.send('{"type":"reconcile","leases":[],"more":false}');
    else if (text.startsWith('{"type":"reconciled"')) on.ready();
  });
  socket.on('error', (error) => {
    throw error;
  });
  return {
    ask,
    submit: (leases) => socket.send(`{"type":"submit","results":[${leases.map(resultOf).join(',')}]}`),
    terminate: () => socket.terminate(),
  };
}

/** So many may be on their way to proving themselves; a coordinator admits 512. */
const AT_ONCE = 100;

/** All of them, connected. `open` tells when its one is ready. */
export async function openNullSockets<Socket>(count: number, open: (ready: () => void) => Socket): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const wave = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      sockets.push(open(resolve));
      return promise;
    });
    await Promise.all(wave);
  }
  return sockets;
}

/** Late is what another host's answer has overtaken. */
function assertRecorded(text: string): number {
  const { results } = JSON.parse(text) as { results: { outcome: string }[] };
  const refused = results.find(({ outcome }) => outcome !== 'recorded' && outcome !== 'late');
  if (refused !== undefined) throw new Error(`the coordinator answered ${JSON.stringify(refused)}`);
  return results.length;
}
