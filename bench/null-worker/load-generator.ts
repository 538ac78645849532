/**
 * A process full of workers that answer at once without computing: what is left is the coordinator.
 * argv: url connections results-per-frame. Prints `{}` when all are connected, asks for work when told `go` on stdin, and when told `stop`
 * (or its stdin ends) prints { firstLeaseAt, lastAckAt, acked } in epoch milliseconds of this machine.
 */
import { createInterface } from 'node:readline';
import { type NullSocket, openNullSocket, openNullSockets } from './null-socket.ts';

const [url = '', connections = '10', perFrame = '500'] = process.argv.slice(2);
/** More than a host is ever given at once. */
const WISH = 2_000;

let firstLeaseAt = 0;
let lastAckAt = 0;
let acked = 0;

function openWorker(ready: () => void): NullSocket {
  let open = 0;
  const socket = openNullSocket(url, {
    ready,
    assigned(leases) {
      if (firstLeaseAt === 0) firstLeaseAt = Date.now();
      open += leases.length;
      for (let at = 0; at < leases.length; at += Number(perFrame)) socket.submit(leases.slice(at, at + Number(perFrame)));
    },
    recorded(results) {
      acked += results;
      open -= results;
      lastAckAt = Date.now();
      if (open <= WISH / 2) socket.ask(WISH);
    },
  });
  return socket;
}

const sockets = await openNullSockets(Number(connections), openWorker);
process.stdout.write('{}\n');
createInterface({ input: process.stdin })
  .on('line', (line) => (line === 'go' ? go() : stop()))
  .on('close', stop);

function go(): void {
  for (const socket of sockets) socket.ask(WISH);
}

function stop(): void {
  for (const socket of sockets) socket.terminate();
  process.stdout.write(`${JSON.stringify({ firstLeaseAt, lastAckAt, acked })}\n`, () => process.exit(0));
}
