/** Brings one blob from the coordinator to the folder, going on where an earlier attempt broke off. */
import type { Digest } from '@manyhands/protocol';
import type { Answer, BlobStream, CoordinatorApi } from '../ports/coordinator-api.ts';
import type { BlobFolder } from './blob-folder.ts';

export interface DownloadParts {
  readonly api: CoordinatorApi;
  readonly folder: BlobFolder;
}

const refused = (reason: string): Answer<number> => ({ kind: 'refused', reason });

/** Answers the blob's size. Bytes that do not match the name are thrown away and fetched once more from the start. */
export async function downloadBlob(parts: DownloadParts, digest: Digest, limitBytes: number, signal: AbortSignal): Promise<Answer<number>> {
  try {
    const resumed = await parts.folder.partialBytes(digest);
    const first = await attempt(parts, digest, limitBytes, resumed, signal);
    return first ?? (await attempt(parts, digest, limitBytes, 0, signal)) ?? refused('its bytes do not match its name, twice');
  } catch (error) {
    // A broken connection or a full disk: what arrived stays for the next attempt.
    return { kind: 'unavailable', reason: (error as Error).message, toldMs: null };
  }
}

/** null: the bytes do not match the name. */
async function attempt(
  { api, folder }: DownloadParts,
  digest: Digest,
  limitBytes: number,
  from: number,
  signal: AbortSignal,
): Promise<Answer<number> | null> {
  const answer = await api.openBlob(digest, from, signal);
  if (answer.kind === 'refused' && from > 0) {
    // There may be nothing behind what is here already.
    const bytes = await folder.adopt(digest);
    return bytes === null ? null : { kind: 'ok', value: bytes };
  }
  if (answer.kind !== 'ok') return answer;
  const fits = await receive(folder, digest, answer.value, limitBytes);
  if (!fits) return refused(`it has more than the ${limitBytes} bytes it may have`);
  const bytes = await folder.adopt(digest);
  return bytes === null ? null : { kind: 'ok', value: bytes };
}

async function receive(folder: BlobFolder, digest: Digest, { from, bytes }: BlobStream, limitBytes: number): Promise<boolean> {
  await using handle = await folder.openPartial(digest, from);
  let at = from;
  for await (const chunk of bytes) {
    if (at + chunk.length > limitBytes) {
      await folder.removePartial(digest);
      return false;
    }
    await handle.write(chunk, 0, chunk.length, at);
    at += chunk.length;
  }
  await handle.sync();
  return true;
}
