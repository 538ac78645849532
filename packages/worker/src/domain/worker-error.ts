/** Every way a worker can fail to start or to go on, with the exit code its process then has. */
export const EXIT_CODES = {
  /** Wrong use: a flag, a URL, a number. */
  usage: 64,
  /** The coordinator cannot be reached or answered nonsense. Trying again may help. */
  unreachable: 69,
  /** This machine cannot run isolates. */
  sandbox: 70,
  /** The disk under the data folder failed. */
  disk: 74,
  /** Another daemon uses the data folder. */
  'already-running': 75,
  /** The coordinator ended this host's work, or shows another key; something has to be changed by hand. */
  refused: 76,
  /** Nobody has agreed yet to run this project's code here. */
  'not-joined': 77,
  /** The data folder cannot be used. */
  'data-folder': 78,
} as const;

export type WorkerErrorCode = keyof typeof EXIT_CODES;

/** `message` is for people: what happened, why, what to do next. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';
  readonly code: WorkerErrorCode;
  constructor(code: WorkerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}
