import { connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** Holds every chunk for `delayMs`, in order. */
const createDelay = (delayMs: number): Transform =>
  new Transform({
    readableHighWaterMark: 8 * 2 ** 20,
    transform(chunk, _encoding, done) {
      setTimeout(() => this.push(chunk), delayMs);
      done();
    },
    flush(done) {
      setTimeout(done, delayMs);
    },
  });

/** A TCP proxy on loopback that makes `url` look `roundTripMs` away. */
export async function openDelayProxy(url: string, roundTripMs: number): Promise<AsyncDisposable & { url: string }> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket
        .setNoDelay(true)
        .on('close', () => sockets.delete(socket))
        .on('error', () => socket.destroy());
    }
    near.pipe(createDelay(roundTripMs / 2)).pipe(far);
    far.pipe(createDelay(roundTripMs / 2)).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
