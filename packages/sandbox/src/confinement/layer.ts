/** A program to start, and what it may see of the file system. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Files and folders it needs to read, absolute and real (no symbolic links). */
  readonly readable: readonly string[];
  /** Where it starts; one of the readable folders. */
  readonly folder: string;
}

/** Something of the operating system that locks a command in further. Layers wrap each other; each must work alone. */
export interface Layer {
  /** For `doctor` and logs. */
  readonly name: string;
  wrap(command: Command): Command;
}
