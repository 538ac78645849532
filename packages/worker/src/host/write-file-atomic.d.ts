declare module 'write-file-atomic' {
  /** Written beside the target, synced, renamed over it. */
  function writeFileAtomic(path: string, data: string | Uint8Array, options?: { mode?: number }): Promise<void>;
  export = writeFileAtomic;
}
