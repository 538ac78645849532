/** What never became a request: broken HTTP, headers too large or too slow. Answered on the bare socket, in the same form as everything else. */

import type { Socket } from 'node:net';
import { ERROR_STATUS } from '@manyhands/protocol';
import { toBody } from './error-mapper.ts';
import { Refusal } from './refusal.ts';

const MESSAGES: Record<string, Refusal> = {
  ERR_HTTP_REQUEST_TIMEOUT: new Refusal('bad-request', 'The request took too long to arrive.'),
  HPE_HEADER_OVERFLOW: new Refusal('too-large', 'The headers of this request are too large.'),
};

export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const refusal = MESSAGES[error.code ?? ''] ?? new Refusal('bad-request', 'This is not a valid HTTP request.');
  const body = JSON.stringify(toBody(refusal));
  socket.end(
    `HTTP/1.1 ${ERROR_STATUS[refusal.code]} Refused\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
