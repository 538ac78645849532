/** What a process did to a disk, call by call, and what it said to others in between: the order in which all of it happened. */
export type DiskEvent =
  | { readonly kind: 'create'; readonly path: string; readonly isEmptied: boolean }
  | {
      readonly kind: 'write';
      readonly path: string /** null: behind what was written last. */;
      readonly at: number | null;
      readonly bytes: Buffer;
    }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  /** A file's content, or the names in a folder, are on the disk from here on. */
  | { readonly kind: 'sync'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }
  /** To a socket or a pipe: from here on somebody may rely on it. */
  | { readonly kind: 'said'; readonly text: string };
