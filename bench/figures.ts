import { mkdir, writeFile } from 'node:fs/promises';

export type Figures = Record<string, unknown>;

const FOLDER = new URL('./results/', import.meta.url);

/** One file per experiment, the latest run. */
export async function saveFigures(name: string, figures: Figures): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(new URL(`${name}.json`, FOLDER), `${JSON.stringify(figures, null, 2)}\n`);
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
