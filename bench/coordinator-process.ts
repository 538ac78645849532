/** argv: data folder. A coordinator with a quota that lets a few null workers hold much; ends in order when stdin ends. */
import { loadConfig, startCoordinator } from '@manyhands/coordinator';

const QUOTA = 1_000_000;

const [data] = process.argv.slice(2);
const coordinator = await startCoordinator(
  loadConfig({ data, port: 0, logLevel: 'warn', engine: { quotaPerHost: QUOTA, firstQuota: 1_024 } }, {}),
);
process.stdout.write(`${JSON.stringify({ url: coordinator.url })}\n`);
process.stdin.resume().on('end', () => void coordinator.close());
