/**
 * One line of the journal: `CRC32 JSON\n`, the checksum over the JSON's bytes in eight hex digits.
 * A line that a crash cut short, or that the disk changed, is told from a whole one without trusting its neighbours.
 */
import { crc32 } from 'node:zlib';

export function toLine(record: object): string {
  const json = JSON.stringify(record);
  return `${checksum(json)} ${json}\n`;
}

/** The line's JSON; undefined when it is not whole. `line` is without its newline. */
export function parseLine(line: string): unknown {
  const json = line.slice(9);
  if (line[8] !== ' ' || line.slice(0, 8) !== checksum(json)) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const checksum = (json: string): string => crc32(json).toString(16).padStart(8, '0');
