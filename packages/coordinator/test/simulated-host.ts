/** A host that keeps what it holds across connections, as a worker's journal does, and does what the coordinator says. */
import type { Downstream, JobId, LeaseId, LeaseRef } from '@manyhands/protocol';
import type { Volunteer, World } from './engine-world.ts';

export class SimulatedHost {
  readonly n: number;
  readonly leases = new Map<LeaseId, LeaseRef>();
  /** Every result it ever sent, to send some of them again. */
  readonly sent: { readonly lease: LeaseRef; readonly output: string }[] = [];
  #connection: Volunteer | null = null;
  #isReconciled = false;

  constructor(n: number) {
    this.n = n;
  }

  get isReconciled(): boolean {
    return this.#connection !== null && this.#isReconciled;
  }

  async connect(world: World): Promise<void> {
    this.#isReconciled = false;
    const connection = await world.connect(this.n);
    this.#connection = connection;
    connection.link.onFrame = (frame) => this.#hear(frame);
    await connection.receive({ type: 'reconcile', leases: [...this.leases.values()], more: false });
  }

  disconnect(): void {
    this.#connection?.session.close();
    this.#connection = null;
  }

  /** The process of the coordinator is gone, and the connection with it. */
  lose(): void {
    this.#connection = null;
  }

  async say(message: Parameters<Volunteer['receive']>[0]): Promise<void> {
    await this.#connection?.receive(message);
  }

  held(pick: number): LeaseRef | undefined {
    return [...this.leases.values()][pick % Math.max(1, this.leases.size)];
  }

  async submit(lease: LeaseRef, output: string): Promise<void> {
    if (this.#connection === null) return;
    this.sent.push({ lease, output });
    await this.say({ type: 'submit', results: [{ ...lease, status: 'ok', output, elapsedMs: 1 }] });
  }

  async fail(lease: LeaseRef): Promise<void> {
    await this.say({ type: 'submit', results: [{ ...lease, status: 'error', kind: 'thrown', message: 'thrown', elapsedMs: 1 }] });
  }

  async giveBack(lease: LeaseRef): Promise<void> {
    if (this.#connection === null) return;
    this.leases.delete(lease.lease);
    await this.say({ type: 'release', leases: [lease] });
  }

  #hear(frame: Downstream): void {
    if (frame.type === 'assign') for (const { lease, index } of frame.leases) this.#take({ lease, job: frame.job, index });
    if (frame.type === 'revoke') for (const { lease } of frame.leases) this.leases.delete(lease);
    if (frame.type === 'recorded') for (const { lease } of frame.results) this.leases.delete(lease);
    if (frame.type === 'renewed') for (const lease of frame.ended) this.leases.delete(lease);
    if (frame.type === 'reconciled') {
      this.#isReconciled = true;
      for (const lease of frame.drop) this.leases.delete(lease);
    }
  }

  #take(lease: LeaseRef & { job: JobId }): void {
    if (!this.#isReconciled) throw new Error('work before reconciled');
    if (this.leases.has(lease.lease)) throw new Error(`lease ${lease.lease} was assigned twice`);
    this.leases.set(lease.lease, lease);
  }
}
