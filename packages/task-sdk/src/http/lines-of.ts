/** The lines of a body as they arrive, without their newlines. Reads only as fast as it is asked; leaving early cancels the body. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  // A last line without a newline was cut off with the connection; whoever reads asks again from the last whole one.
}
