import { mkdir, writeFile } from 'node:fs/promises';

export type Figures = Record<string, unknown>;

const FOLDER = new URL('./results/', import.meta.url);

/** One file per experiment, the latest run; `picture`: an SVG beside it. */
export async function saveFigures(name: string, figures: Figures, picture?: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(new URL(`${name}.json`, FOLDER), `${JSON.stringify(figures, null, 2)}\n`);
  if (picture !== undefined) await writeFile(new URL(`${name}.svg`, FOLDER), picture);
}

const shown = (value: unknown): string =>
  typeof value === 'number'
    ? value.toLocaleString('en', { maximumFractionDigits: 3 })
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);

export function printFigures(figures: Figures): void {
  const width = Math.max(...Object.keys(figures).map((key) => key.length));
  for (const [key, value] of Object.entries(figures)) process.stdout.write(`${key.padEnd(width)}  ${shown(value)}\n`);
}
