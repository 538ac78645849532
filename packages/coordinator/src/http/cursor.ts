/**
 * Where a reader of results is: `EPOCH.PLACE`, the life of the project and the place in the order in which units of the job ended there. After a
 * restore units end again, in another order, so a place from before means nothing (docs/adr/0013). A place alone is one of the first life.
 */
import * as z from 'zod';
import { Refusal } from './refusal.ts';

export interface Cursor {
  readonly epoch: number;
  /** 0: before the first row. */
  readonly place: number;
}

const FIRST_EPOCH = 1;

export const cursorText = z
  .string()
  .regex(/^([1-9]\d{0,14}\.)?(0|[1-9]\d{0,14})$/, 'must be the cursor of a row')
  .transform((text): Cursor => {
    const [place = 0, epoch = FIRST_EPOCH] = text.split('.').map(Number).reverse();
    return { epoch, place };
  });

export const toCursor = (epoch: number, place: string): string => `${epoch}.${place}`;

/** Throws a Refusal where the place is one of another life. The first place is the same in all of them. */
export function placeIn(epoch: number, cursor: Cursor): number {
  if (cursor.place === 0 || cursor.epoch === epoch) return cursor.place;
  throw new Refusal(
    'gone',
    'This cursor is from before the project was restored from a backup. Units have ended in another order since, so going on from it could miss some: ' +
      'start again from the first row (without `after`). Each row names its unit by `index`, so you can tell which you have.',
    { epoch },
  );
}
