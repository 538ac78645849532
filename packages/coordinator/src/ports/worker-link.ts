/** One connected worker, as the engine sees it. */
import type { CloseCode, Downstream } from '@manyhands/protocol';

export interface WorkerLink {
  /** Never throws; on a closed link it does nothing. */
  send(message: Downstream): void;
  close(code: CloseCode, reason: string): void;
  /** Bytes sent but not yet taken by the network: work stops being assigned above the watermark. */
  readonly bufferedBytes: number;
}
