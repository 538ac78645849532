import type { ChangeSet } from '../domain/change-set.ts';

/** An empty change costs nothing (ST7). */
export const isEmpty = (changes: ChangeSet): boolean => Object.values(changes).every((rows) => rows === undefined || rows.length === 0);
