/** The browser that test/browser needs. */
import { findProgram, isExecutable, provideFromDebian } from './provide-debian.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

/** The path of a Chromium: named by CHROMIUM, else the first on the PATH; null: none. */
export function findChromium(): string | null {
  const { CHROMIUM = '' } = process.env;
  return isExecutable(CHROMIUM) ? CHROMIUM : findProgram(NAMES);
}

/** null: there is one now. Else, in words, why the browser tests cannot run. */
export const provideChromium = (): string | null =>
  provideFromDebian({
    package: 'chromium',
    find: findChromium,
    advice: 'Install the package "chromium" (or Chrome), or set CHROMIUM to the path of one, and run this again.',
  });
