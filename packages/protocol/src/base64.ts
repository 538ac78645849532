/** Base64 of bytes, with padding. Here because btoa and atob are missing in the isolate, and work on strings. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CODES = new Int16Array(128).fill(-1);
for (let i = 0; i < 64; i++) CODES[ALPHABET.charCodeAt(i)] = i;

export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i] as number, bytes[i + 1], bytes[i + 2]];
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    parts.push(ALPHABET.charAt(bits >> 18) + ALPHABET.charAt((bits >> 12) & 63));
    parts.push((b === undefined ? '=' : ALPHABET.charAt((bits >> 6) & 63)) + (c === undefined ? '=' : ALPHABET.charAt(bits & 63)));
  }
  return parts.join('');
}

/** null: not base64, or not the one spelling of its bytes. */
export function fromBase64(text: string): Uint8Array | null {
  const length = text.length - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    const code = CODES[text.charCodeAt(i)] ?? -1;
    if (code < 0) return null;
    bits = ((bits << 6) | code) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[at++] = (bits >> held) & 255;
  }
  const isWhole = text.length % 4 === 0 && (bits & ((1 << held) - 1)) === 0;
  return isWhole ? bytes : null;
}
