/** A close frame has room for 123 bytes of reason; a longer one would make the socket throw. */
const MAX_BYTES = 123;

export function toCloseReason(text: string): string {
  let reason = text;
  while (Buffer.byteLength(reason) > MAX_BYTES) reason = reason.slice(0, -1);
  return reason.isWellFormed() ? reason : reason.slice(0, -1);
}
