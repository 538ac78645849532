/**
 * Stands between workers and a coordinator and knows WebSocket frames: delivers some twice, some in another order, and says again what was overheard
 * from others, as somebody would who sits in the middle. Handshakes are left alone, or nobody would ever get to the rest.
 * It also keeps watch over what workers promise: no question sooner than they were told (I32), no word about a lease that is another's (I14).
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Downstream, Upstream } from '@manyhands/protocol';
import { WebSocket, WebSocketServer } from 'ws';
import type { Chance } from '../simulation/chance.ts';

export interface Mischief {
  readonly twice: number;
  /** Share of frames that are held back until up to `window` later ones have passed. */
  readonly late: number;
  readonly window: number;
  /** Share of frames behind which one that was overheard is said again. */
  readonly replayed: number;
  /** So many frames of leases are lost, each with its connection. */
  readonly lostAssigns: number;
}

/** What a frame that is held back waits for at most. */
const HOLD_MS = 40;
/** Timers of different processes' clocks are rounded differently. */
const SLACK_MS = 5;
/** A question may have been under way when the answer to another passed it. Whoever does not listen asks again every 150 ms. */
const CROSSING_MS = 60;

export class FrameRelay implements AsyncDisposable {
  readonly url: string;
  readonly counts = { passed: 0, twice: 0, late: 0, replayed: 0, lost: 0 };
  /** What must not happen, in words. */
  readonly breaches: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<WebSocket>();
  readonly #toLose: number;

  /** `overheard` may be shared by relays: so one worker's words are said in another's name. */
  static async open(target: string, chance: Chance, mischief: Mischief, overheard: string[]): Promise<FrameRelay> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new FrameRelay(server, target, new Meddler(chance, mischief, overheard), mischief.lostAssigns);
  }

  private constructor(server: Server, target: string, meddler: Meddler, toLose: number) {
    this.#server = server;
    this.#toLose = toLose;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    const watch = new Watch(this.breaches);
    server.on('request', (asked, answer) => forward(target, asked, answer));
    server.on('upgrade', (asked, socket, head) =>
      sockets.handleUpgrade(asked, socket, head, (near) => {
        const far = new WebSocket(`${target.replace(/^http/, 'ws')}/v1/worker`, { perMessageDeflate: false });
        this.#join(near, far, meddler, watch);
      }),
    );
  }

  #join(near: WebSocket, far: WebSocket, meddler: Meddler, watch: Watch): void {
    let isAgreed = false;
    const up = meddler.direction((text) => far.readyState === far.OPEN && far.send(text), this.counts, true);
    const down = meddler.direction(
      (text) => {
        if (near.readyState !== near.OPEN) return;
        watch.hearDown(text);
        near.send(text);
      },
      this.counts,
      false,
    );
    near.on('message', (data) => {
      const text = String(data);
      watch.hearUp(text);
      up(text, isAgreed);
    });
    far.on('message', (data) => {
      const text = String(data);
      if (this.#loses(text)) near.terminate();
      else down(text, isAgreed);
      isAgreed ||= text.startsWith('{"type":"reconciled"');
    });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.terminate());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.close();
      });
    }
  }

  #loses(text: string): boolean {
    const isLost = this.counts.lost < this.#toLose && text.startsWith('{"type":"assign"');
    if (isLost) this.counts.lost++;
    return isLost;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Ordinary requests pass as they are. */
function forward(target: string, asked: IncomingMessage, answer: ServerResponse): void {
  const { method, headers } = asked;
  const onward = request(new URL(asked.url ?? '/', target), { method: method ?? 'GET', headers }, (reply) => {
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(answer);
  });
  onward.on('error', () => answer.destroy());
  asked.pipe(onward);
}

type Deliver = (text: string) => unknown;

class Meddler {
  readonly #chance: Chance;
  readonly #mischief: Mischief;
  readonly #overheard: string[];

  constructor(chance: Chance, mischief: Mischief, overheard: string[]) {
    this.#chance = chance;
    this.#mischief = mischief;
    this.#overheard = overheard;
  }

  /** One direction of one connection. Frames before both ends have agreed pass as they are. */
  direction(deliver: Deliver, counts: FrameRelay['counts'], isUp: boolean): (text: string, mayMeddle: boolean) => void {
    const held: { text: string; after: number }[] = [];
    const releaseDue = () => {
      for (const one of held) one.after--;
      while (held[0] !== undefined && held[0].after <= 0) deliver(held.shift()?.text as string);
    };
    return (text, mayMeddle) => {
      counts.passed++;
      if (!mayMeddle) return void deliver(text);
      if (isUp) this.#overheard.push(text);
      if (this.#chance.isTrue(this.#mischief.late)) {
        counts.late++;
        held.push({ text, after: this.#chance.int(1, this.#mischief.window) });
        setTimeout(() => {
          for (const one of held.splice(0)) deliver(one.text);
        }, HOLD_MS).unref();
        return;
      }
      deliver(text);
      if (this.#chance.isTrue(this.#mischief.twice)) {
        counts.twice++;
        deliver(text);
      }
      if (isUp && this.#chance.isTrue(this.#mischief.replayed)) {
        counts.replayed++;
        deliver(this.#chance.pick(this.#overheard));
      }
      releaseDue();
    };
  }
}

/** One worker's conversation, as far as its promises go. Downstream frames are watched as the worker gets them. */
class Watch {
  readonly #breaches: string[];
  readonly #given = new Set<string>();
  #mayAskAt = 0;
  #toldAt = 0;

  constructor(breaches: string[]) {
    this.#breaches = breaches;
  }

  hearDown(text: string): void {
    const message = JSON.parse(text) as Downstream;
    if (message.type === 'no-work') {
      this.#toldAt = Date.now();
      this.#mayAskAt = this.#toldAt + message.retryAfterMs;
    } else if (message.type === 'assign') {
      this.#mayAskAt = 0;
      for (const { lease } of message.leases) this.#given.add(lease);
    } else if (message.type === 'recorded')
      for (const { lease, outcome } of message.results)
        if (!this.#given.has(lease) && outcome !== 'unknown') this.#breaches.push(`${outcome}: a result for a lease that is another's`);
  }

  hearUp(text: string): void {
    const message = JSON.parse(text) as Upstream;
    const isCrossing = Date.now() < this.#toldAt + CROSSING_MS;
    if (message.type === 'request-work' && message.replicas > 0 && !isCrossing && Date.now() + SLACK_MS < this.#mayAskAt)
      this.#breaches.push(`asked ${this.#mayAskAt - Date.now()} ms sooner than told`);
  }
}
