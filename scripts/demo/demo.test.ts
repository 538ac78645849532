import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { DEFAULT_HEADER, generateObservation, scatteredTones } from '../../examples/narrowband/src/synthesis.ts';

const DEMO = [fileURLToPath(new URL('../demo.ts', import.meta.url))];

/** Where the demo may leave things; whatever process names it belongs to the demo. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const optionsIn = (folder: string) => ({ cwd: folder, env: { ...process.env, TMPDIR: folder, NO_COLOR: '1' } });

function demo(folder: string, args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--conditions=source', ...DEMO, ...args], optionsIn(folder), (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** Command lines of living processes that work below the folder. */
function processesIn(folder: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(commandLine).filter((line) => line.includes(join(folder, 'manyhands-demo-')));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // It has ended meanwhile.
  }
}

async function smallObservation(folder: string): Promise<string> {
  const path = join(folder, 'small.fil');
  const header = { ...DEFAULT_HEADER, channels: 2 ** 13 };
  await generateObservation(path, 3, { header, spectra: 64, tones: scatteredTones(header, 3, 3) });
  return path;
}

test('[CL12] a file that is missing, foreign or cut short is refused with one message before anything starts', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'foreign.fil'), 'RIFF....WAVEfmt a sound, not a spectrum');
  const cut = await smallObservation(folder);
  truncateSync(cut, 200);
  for (const [file, words] of [
    ['none.fil', 'cannot be opened'],
    ['foreign.fil', 'cannot be searched'],
    [cut, 'cannot be searched'],
  ] as const) {
    const { code, stdout, stderr } = await demo(folder, ['--input', file]);
    expect([code, stdout], file).toEqual([65, '']);
    expect(stderr, file).toMatch(new RegExp(`^demo: .*${words}`));
    expect(stderr.trim().split('\n'), file).toHaveLength(1);
  }
});

test('[CL12] a flag that makes no sense ends with 64', async () => {
  const { code, stderr } = await demo(temporaryFolder(), ['--port', 'high']);
  expect([code, stderr]).toEqual([64, expect.stringContaining('--port takes a whole number')]);
});

test('[CL13] a search by real volunteers ends with picture, tables and 0, and leaves no process', async () => {
  const folder = temporaryFolder();
  const { code, stdout, stderr } = await demo(folder, ['--input', await smallObservation(folder), '--out', 'found']);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/frequency \(MHz\).*verified by/);
  expect(stdout).toContain('Page: http://127.0.0.1:');
  expect(readFileSync(join(folder, 'found/waterfall.png')).subarray(1, 4).toString()).toBe('PNG');
  const { detections } = JSON.parse(readFileSync(join(folder, 'found/detections.json'), 'utf8')) as {
    detections: { verifiedBy: string[] }[];
  };
  expect(detections.length).toBeGreaterThan(0);
  for (const { verifiedBy } of detections) expect(verifiedBy.length).toBeGreaterThanOrEqual(2);
  expect(readFileSync(join(folder, 'found/detections.csv'), 'utf8').trim().split('\n')).toHaveLength(detections.length + 1);
  expect(processesIn(folder)).toEqual([]);
}, 120_000);

test('[CL13] Ctrl-C in the middle ends with 130 and leaves neither process nor folder', async () => {
  const folder = temporaryFolder();
  const input = await smallObservation(folder);
  const child = spawn(process.execPath, ['--conditions=source', ...DEMO, '--input', input, '--keep'], {
    ...optionsIn(folder),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  let said = '';
  await new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Watch it:')) resolve();
    });
  });
  expect(processesIn(folder).length).toBeGreaterThanOrEqual(4);
  child.kill('SIGINT');
  expect(await ended, said).toEqual({ code: 130, signal: null });
  expect(processesIn(folder)).toEqual([]);
  expect(readdirSync(folder).filter((name) => name.startsWith('manyhands-demo-'))).toEqual([]);
  expect(existsSync(input)).toBe(true);
}, 120_000);
