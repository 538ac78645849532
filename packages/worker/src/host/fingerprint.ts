/**
 * A key as words that can be read out over a telephone: six words of five letters, consonants and vowels in turn,
 * 16 bits a word, so 96 bits of the key's digest. Whoever wants another key with the same words has to try 2^96 of them.
 */
import { digestOf } from '@manyhands/identity';

const CONSONANTS = 'bdfghjklmnprstvz';
const VOWELS = 'aiou';
const WORDS = 6;

export function fingerprintWords(publicKey: string): string {
  const bytes = Buffer.from(digestOf(publicKey).slice('sha256:'.length), 'hex');
  return Array.from({ length: WORDS }, (_, i) => toWord(bytes.readUInt16BE(2 * i))).join('-');
}

/** 4 + 2 + 4 + 2 + 4 bits. */
const toWord = (bits: number): string =>
  [
    CONSONANTS.charAt(bits >> 12),
    VOWELS.charAt((bits >> 10) & 3),
    CONSONANTS.charAt((bits >> 6) & 15),
    VOWELS.charAt((bits >> 4) & 3),
    CONSONANTS.charAt(bits & 15),
  ].join('');
