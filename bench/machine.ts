import { cpus, release, totalmem, type } from 'node:os';

/** What the figures were measured on. */
export function machineFacts() {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGB: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()}`,
    node: process.version,
    measuredAt: new Date().toISOString(),
  };
}
