import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFrameDecoder, encodeFrame, FrameError } from './frame.ts';

const frames = fc.array(
  fc.record({ message: fc.dictionary(fc.string(), fc.jsonValue()), parts: fc.array(fc.uint8Array({ maxLength: 50 })) }),
  { maxLength: 5 },
);

test('[SB19] frames arrive as they were sent, however the stream is cut into chunks', () => {
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sent, cuts) => {
      const stream = Buffer.concat(sent.map(({ message, parts }) => encodeFrame(message, parts)));
      const decoder = createFrameDecoder(1_000_000);
      const received = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const size = cuts[i % cuts.length] as number;
        received.push(...decoder.push(stream.subarray(at, at + size)));
        at += size;
      }
      const asSent = sent.map(({ message, parts }) => ({
        message: JSON.parse(JSON.stringify(message)) as unknown,
        parts: parts.map((part) => Buffer.from(part)),
      }));
      expect(received.map(({ message, parts }) => ({ message, parts: parts.map((part) => Buffer.from(part)) }))).toEqual(asSent);
    }),
  );
});

test('[SB19] whatever bytes come, the decoder answers with frames or a FrameError', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (chunks) => {
      const decoder = createFrameDecoder(1_000);
      try {
        for (const chunk of chunks) decoder.push(chunk);
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
      }
    }),
  );
});

test('[SB19] a frame may be as large as the limit and not a byte larger', () => {
  const frame = encodeFrame({ type: 'x' }, [new Uint8Array(100)]);
  expect(createFrameDecoder(frame.byteLength - 4).push(frame)).toHaveLength(1);
  // Refused at its first bytes, before anything of it is held.
  expect(() => createFrameDecoder(frame.byteLength - 5).push(frame.subarray(0, 8))).toThrow(FrameError);
});

const raw = (header: string, rest = 0): Buffer => {
  const bytes = Buffer.alloc(8 + header.length + rest);
  bytes.writeUInt32LE(4 + header.length + rest, 0);
  bytes.writeUInt32LE(header.length, 4);
  bytes.write(header, 8);
  return bytes;
};

test.each([
  ['a header that is not JSON', raw('{')],
  ['no sizes', raw('{"message":1}')],
  ['no object', raw('null')],
  ['a negative size', raw('{"message":1,"sizes":[-1]}')],
  ['parts that are missing', raw('{"message":1,"sizes":[5]}', 4)],
  ['bytes that belong to no part', raw('{"message":1,"sizes":[3]}', 4)],
  ['a header longer than the frame', Buffer.of(4, 0, 0, 0, 9, 0, 0, 0)],
  ['a frame shorter than its prefix', Buffer.of(3, 0, 0, 0, 0, 0, 0, 0)],
])('[SB19] %s breaks the protocol', (_name, bytes) => {
  expect(() => createFrameDecoder(1_000).push(bytes)).toThrow(FrameError);
});
