/** A gateway on a real server at a free port, over a fake engine and a clock that the test advances. */
import { createServer } from 'node:http';
import { createKeyPair } from '@manyhands/identity';
import { FakeClock } from '@manyhands/testkit';
import { isShed, type Strain } from '../src/domain/load-shedding.ts';
import { Gateway } from '../src/ws/gateway.ts';
import type { GatewayEvents } from '../src/ws/gateway-events.ts';
import { WS_LIMITS, type WsLimits } from '../src/ws/ws-limits.ts';
import { FakeCoordinator } from './fake-coordinator.ts';
import { ScriptedWorker } from './scripted-worker.ts';

export interface GatewayBench extends AsyncDisposable {
  readonly url: string;
  readonly clock: FakeClock;
  readonly coordinator: FakeCoordinator;
  readonly gateway: Gateway;
  /** One line an event. */
  readonly events: string[];
  readonly failures: unknown[];
  worker(identity?: ConstructorParameters<typeof ScriptedWorker>[1]): ScriptedWorker;
}

/** A gateway in `strain`, counting this machine like any other. */
export async function openGatewayBench(limits: Partial<WsLimits> = {}, strain: () => Strain = () => 0): Promise<GatewayBench> {
  const server = createServer();
  const clock = new FakeClock();
  const coordinator = new FakeCoordinator();
  const events: string[] = [];
  const failures: unknown[] = [];
  const gateway = new Gateway({
    server,
    coordinator,
    clock,
    projectKey: createKeyPair().publicKey,
    random: () => 0.5,
    limits: { ...WS_LIMITS, limitLoopback: true, ...limits },
    events: eventsInto(events, failures),
    load: { sheds: (work) => isShed(work, strain()) },
    trustsProxy: () => false,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const workers: ScriptedWorker[] = [];
  return {
    url,
    clock,
    coordinator,
    gateway,
    events,
    failures,
    worker: (identity) => {
      const worker = new ScriptedWorker(url, identity);
      workers.push(worker);
      return worker;
    },
    async [Symbol.asyncDispose]() {
      for (const worker of workers) worker[Symbol.dispose]();
      await gateway[Symbol.asyncDispose]();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const eventsInto = (lines: string[], failures: unknown[]): GatewayEvents => ({
  hostConnected: ({ host }) => lines.push(`connected ${host}`),
  hostDisconnected: (host, _address, code, reason) => lines.push(`disconnected ${host} ${code} ${reason}`),
  connectionRefused: (_address, status, reason) => lines.push(`refused ${status} ${reason}`),
  sessionFailed: (_host, error) => failures.push(error),
});
