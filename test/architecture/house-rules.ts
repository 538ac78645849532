/**
 * The walls, as data. A line is a permission: what is not listed may not be imported.
 * Libraries need no line: a package may import those that its package.json declares, and the folders that may not are marked.
 */

/** Which packages of ours a package's sources may import. `node`: whether Node's own modules. */
export const PACKAGES: Readonly<Record<string, { readonly packages: readonly string[]; readonly node: boolean | readonly string[] }>> = {
  protocol: { packages: [], node: false },
  identity: { packages: ['protocol'], node: ['node:crypto'] },
  sandbox: { packages: ['protocol'], node: true },
  'stats-page': { packages: ['protocol'], node: true },
  coordinator: { packages: ['identity', 'protocol', 'sandbox', 'stats-page'], node: true },
  worker: { packages: ['identity', 'protocol', 'sandbox'], node: true },
  'task-sdk': { packages: ['identity', 'protocol', 'sandbox'], node: true },
  cli: { packages: ['coordinator', 'identity', 'protocol', 'sandbox', 'task-sdk', 'worker'], node: true },
  testkit: { packages: ['coordinator', 'identity', 'protocol', 'sandbox', 'worker'], node: true },
};

/** What an example may import of ours. */
export const EXAMPLES_IMPORT = ['task-sdk'];

export interface FolderRule {
  /** Other folders of the same package. */
  readonly folders: readonly string[];
  /** May import libraries, other packages of ours and Node's own modules. */
  readonly libraries: boolean;
  /** Where it may not: what it may take types from, by the beginning of the name. `protocol` is open to all. */
  readonly typesFrom?: readonly string[];
  /** Every import and every export is of types alone. */
  readonly typesOnly?: true;
  /** Globals and keywords that must not occur. */
  readonly forbidden: readonly string[];
}

/** The world must be given as an argument or behind a port. */
const WORLD = ['Date', 'Math.random', 'setTimeout', 'setInterval', 'performance', 'crypto', 'fetch', 'process', 'process.env', 'console'];

const DOMAIN: FolderRule = { folders: [], libraries: false, forbidden: [...WORLD, 'setImmediate', 'queueMicrotask', 'async'] };
const PORTS: FolderRule = { folders: ['domain'], libraries: false, typesFrom: ['node:', '@manyhands/'], typesOnly: true, forbidden: [] };
const ENGINE: FolderRule = { folders: ['domain', 'ports'], libraries: false, typesFrom: ['@manyhands/'], forbidden: WORLD };
const ADAPTER: FolderRule = { folders: ['domain', 'ports'], libraries: true, forbidden: ['process.env'] };
/** Adapters that write to the coordinator's disk, and share its words for what can go wrong there. */
const ON_DISK: FolderRule = { ...ADAPTER, folders: ['domain', 'ports', 'disk'] };
const FACE: FolderRule = { ...ADAPTER, folders: ['domain', 'ports', 'engine'] };

/** The folders of the two big packages. `app` may do everything; a file beside the folders is the package's door, `index.ts`. */
export const FOLDERS: Readonly<Record<string, Readonly<Record<string, FolderRule>>>> = {
  coordinator: {
    domain: DOMAIN,
    ports: PORTS,
    engine: ENGINE,
    disk: ADAPTER,
    store: ON_DISK,
    blobs: ON_DISK,
    judge: ADAPTER,
    evidence: ADAPTER,
    // Looks at what the others wrote.
    fsck: { ...ADAPTER, folders: ['domain', 'ports', 'disk', 'store', 'blobs'] },
    ws: FACE,
    http: FACE,
  },
  worker: {
    domain: DOMAIN,
    ports: PORTS,
    engine: ENGINE,
    link: ADAPTER,
    blobs: ADAPTER,
    journal: ADAPTER,
    host: ADAPTER,
    http: ADAPTER,
    control: FACE,
  },
};

/** `process.env` is read by composition roots alone; `connect()` is that of the SDK, whose process belongs to the author. */
export const READS_ENVIRONMENT = [/^packages\/[^/]+\/src\/app\//, /^packages\/task-sdk\/src\/connect\.ts$/];
