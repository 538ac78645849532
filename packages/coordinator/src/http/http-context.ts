/** What routes are given. They know ports and the engine's face, nothing of what stands behind. */
import type { SignedText } from '@manyhands/protocol';
import type { Author } from '../domain/change-set.ts';
import type { Coordinator } from '../engine/coordinator.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { LoadGauge } from '../ports/load-gauge.ts';
import type { ReadStore } from '../ports/read-store.ts';
import type { Store } from '../ports/store.ts';
import type { Auth } from './auth.ts';
import type { Board, ProjectFacts } from './board.ts';
import type { CreditBoard } from './credit-board.ts';
import type { HttpEvents } from './http-events.ts';
import type { HttpLimits } from './http-limits.ts';
import type { JobChanges } from './job-changes.ts';
import type { StatsFeed } from './stats-feed.ts';
import type { UnitBounds } from './views/evidence-view.ts';

export interface HttpPorts {
  readonly coordinator: Coordinator;
  readonly reads: ReadStore;
  readonly store: Pick<Store, 'authors' | 'epoch' | 'loadInputs' | 'loadUnits'>;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly project: ProjectFacts;
  readonly adminTokenHash: string;
  /** Signs an author's key with the project key; null: it is kept elsewhere. */
  readonly certify: (author: Pick<Author, 'name' | 'key'>, now: number) => SignedText | null;
  /** null: ready. Else why not, in words. */
  readonly unreadiness: () => Promise<string | null>;
  readonly events: HttpEvents;
  readonly limits: HttpLimits;
  /** What bounds a unit's replicas and errors: part of the evidence. */
  readonly bounds: UnitBounds;
  /** The address visitors see; null: told by each request's Host header. */
  readonly publicUrl: string | null;
  /** Whether the proxy at this address is believed when it says whom it speaks for. */
  readonly trustsProxy: (address: string) => boolean;
  readonly load: LoadGauge;
}

export interface HttpContext extends HttpPorts {
  readonly auth: Auth;
  readonly board: Board;
  readonly credit: CreditBoard;
  readonly changes: JobChanges;
  readonly feed: StatsFeed;
  /** Aborts when the server closes: streams end. */
  readonly closing: AbortSignal;
}
