/**
 * argv: url, workers, network. So many workers, each from its own address 127.NETWORK.x.y, coming in a few at a time.
 * Prints { connected } when the last is in for the first time, and again whenever all are back: their absences since the last time.
 * Ends when stdin ends.
 */
import { CrowdWorker } from './crowd-worker.ts';

/** Handshakes at a time: more would only wait in the coordinator's queue. */
const AT_ONCE = 100;

const [url = '', count = '0', network = '1'] = process.argv.slice(2);
const workers: CrowdWorker[] = [];
let next = 0;

function bringIn(): void {
  workers[next++]?.connect();
}

function back(): void {
  bringIn();
  if (workers.some(({ isConnected }) => !isConnected)) return;
  process.stdout.write(`${JSON.stringify({ absences: workers.map((worker) => worker.takeAbsence()) })}\n`);
}

for (let i = 0; i < Number(count); i++) workers.push(new CrowdWorker(url, `127.${network}.${i >> 8}.${i & 255}`, back));
for (let i = 0; i < AT_ONCE; i++) bringIn();
process.stdin.resume().on('end', () => process.exit(0));
