import { CliError } from '../failure.ts';

/** The number a flag was given. Throws CliError `usage`. */
export function wholeNumber(text: string, flag: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value)) return value;
  throw new CliError('usage', `${flag} takes whole numbers, and "${text}" is none.`);
}
