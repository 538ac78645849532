/**
 * argv: data folder, port. A coordinator that counts this machine's addresses like any others, since each worker of a crowd has its own.
 * Prints its URL when it listens; ends in order when stdin ends.
 */
import { loadConfig, startCoordinator } from '@manyhands/coordinator';

const [data, port] = process.argv.slice(2);
const coordinator = await startCoordinator(loadConfig({ data, port, logLevel: 'error', ws: { limitLoopback: true } }, {}));
process.stdout.write(`${JSON.stringify({ url: coordinator.url })}\n`);
process.stdin.resume().on('end', () => void coordinator.close());
