/** The one range of `Range: bytes=…` (RFC 9110 §14). Several ranges, other units and malformed headers are answered with the whole, as the RFC allows. */
export type ByteRange =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly from: number; readonly to: number }
  | { readonly kind: 'unsatisfiable' };

const WHOLE: ByteRange = { kind: 'whole' };

/** `size` in bytes. `from` and `to` are inclusive. */
export function parseByteRange(header: string | undefined, size: number): ByteRange {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  const [first, last] = [match?.[1], match?.[2]];
  if (first === undefined || last === undefined || (first === '' && last === '')) return WHOLE;
  if (first === '') return part(size - Number(last), size - 1, size);
  if (last !== '' && Number(last) < Number(first)) return WHOLE;
  return part(Number(first), last === '' ? size - 1 : Number(last), size);
}

function part(from: number, to: number, size: number): ByteRange {
  if (size === 0 || from >= size || to < from) return { kind: 'unsatisfiable' };
  return { kind: 'part', from: Math.max(0, from), to: Math.min(to, size - 1) };
}
