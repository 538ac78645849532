/** One HTTP request, byte for byte as a test spells it, and what came back. */
import { connect } from 'node:net';
import { within } from './within.ts';

export interface RawRequest {
  readonly method: string;
  readonly target: string;
  /** Lines as they are sent. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  /** Of a refusal all of it; of other answers what came with the first packets, for some never end. */
  readonly body: string;
}

const PATIENCE_MS = 60_000;

/** Rejects when the connection ends without an answer. */
export function ask(port: number, { method, target, headers = [], body = '' }: RawRequest): Promise<RawAnswer> {
  // Of a server that speaks 1.1, this asks for an answer that is not in chunks and ends with the connection.
  const head = [`${method} ${target} HTTP/1.0`, 'Host: fuzz', ...headers, `Content-Length: ${Buffer.byteLength(body)}`];
  const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
  const answered = new Promise<RawAnswer>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const parsed = (): RawAnswer | null => {
      const end = text.indexOf('\r\n\r\n');
      const status = Number(/^HTTP\/1\.[01] (\d{3}) /.exec(text)?.[1] ?? 0);
      return end === -1 || status === 0 ? null : { status, head: text.slice(0, end), body: text.slice(end + 4) };
    };
    socket.setEncoding('utf8').on('data', (piece) => {
      text += String(piece);
      const answer = parsed();
      if (answer === null || answer.status >= 400) return;
      resolve(answer);
      socket.destroy();
    });
    // A server that refuses before it has read all may reset; what it said before counts.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const answer = parsed();
      if (answer === null) reject(new Error(`no answer to ${method} ${target.slice(0, 200)}`));
      else resolve(answer);
    });
    socket.end(bytes);
  });
  return within(answered, PATIENCE_MS, `${method} ${target.slice(0, 200)}`);
}
