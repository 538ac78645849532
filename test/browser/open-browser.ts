/** A headless Chromium: the one named by CHROMIUM, or on the PATH, or the installed Chrome. The gate makes sure that there is one. */
import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../../scripts/gate/chromium.ts';

/** No sandbox, because containers seldom allow one and the pages are our own; nothing that speaks to the outside. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null)
    throw new Error('No Chromium was found. Install the package "chromium", or set CHROMIUM to the path of one.');
  return chromium.launch({ executablePath, args: ARGS });
}
