/**
 * A process full of workers that answer at once without computing: what is left is the coordinator.
 * argv: url connections wish. Prints one JSON line when told `stop` on stdin (or its stdin ends):
 * { firstLeaseAt, lastAckAt, acked } in epoch milliseconds of this machine.
 * It speaks the real wire over real sockets; only its own parsing is cut short, so that the generator is not what is measured.
 */
import { createKeyPair, createSecret, signText } from '@manyhands/identity';
import { WebSocket } from 'ws';

const [url = '', connections = '4', wish = '4000'] = process.argv.slice(2);
const output = JSON.stringify(JSON.stringify({ answer: 'x'.repeat(86) }));

let firstLeaseAt = 0;
let lastAckAt = 0;
let acked = 0;

interface AssignFrame {
  job: string;
  leases: { lease: string; index: number }[];
}

/** So many results of 100 bytes stay well below the frame limit. */
const RESULTS_PER_FRAME = 500;

function* submitFrames({ job, leases }: AssignFrame): Generator<string> {
  const tail = `,"status":"ok","output":${output},"elapsedMs":1}`;
  const results = leases.map(({ lease, index }) => `{"lease":"${lease}","job":"${job}","index":${index}${tail}`);
  for (let i = 0; i < results.length; i += RESULTS_PER_FRAME) {
    yield `{"type":"submit","results":[${results.slice(i, i + RESULTS_PER_FRAME).join(',')}]}`;
  }
}

function openWorker(): WebSocket {
  const key = createKeyPair();
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/worker`, { perMessageDeflate: false });
  const hello = (nonce: string) => ({
    type: 'hello',
    protocol: { oldest: 1, newest: 1 },
    hostKey: key.publicKey,
    signature: signText('hello', nonce, key),
    accountSecret: createSecret(),
    displayName: null,
    software: 'null-worker',
    engine: 'none',
    cores: 2,
  });
  const ask = () => socket.send(`{"type":"request-work","replicas":${wish}}`);
  let open = 0;
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    if (text.startsWith('{"type":"assign"')) {
      if (firstLeaseAt === 0) firstLeaseAt = Date.now();
      const frame = JSON.parse(text) as AssignFrame;
      open += frame.leases.length;
      for (const submit of submitFrames(frame)) socket.send(submit);
    } else if (text.startsWith('{"type":"recorded"')) {
      const { results } = JSON.parse(text) as { results: { outcome: string; reason?: string }[] };
      const refused = results.find(({ outcome }) => outcome !== 'recorded');
      if (refused !== undefined) throw new Error(`the coordinator answered ${JSON.stringify(refused)}`);
      acked += results.length;
      open -= results.length;
      lastAckAt = Date.now();
      if (open <= Number(wish) / 2) ask();
    } else if (text.startsWith('{"type":"challenge"')) {
      socket.send(JSON.stringify(hello((JSON.parse(text) as { nonce: string }).nonce)));
    } else if (text.startsWith('{"type":"welcome"')) {
      socket.send('{"type":"reconcile","leases":[],"more":false}');
    } else if (text.startsWith('{"type":"reconciled"')) ask();
  });
  socket.on('error', (error) => {
    throw error;
  });
  return socket;
}

const sockets = Array.from({ length: Number(connections) }, openWorker);
process.stdin.on('data', () => stop());
process.stdin.on('end', () => stop());

function stop(): void {
  for (const socket of sockets) socket.terminate();
  process.stdout.write(`${JSON.stringify({ firstLeaseAt, lastAckAt, acked })}\n`, () => process.exit(0));
}
