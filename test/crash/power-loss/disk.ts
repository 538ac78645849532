/**
 * A disk as the strictest file system allows it to be: of a file only what was synced is sure, of a folder only the names that were there when it
 * was synced. Of all else, a power cut may leave any page as it was at any moment since, torn between sectors, and any beginning of the changes of
 * names. What was done lies in `pending` until a sync.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Chance } from '../../simulation/chance.ts';
import type { DiskEvent } from './disk-event.ts';
import { FileContent } from './file-content.ts';

class Folder {
  /** As of the last sync. */
  readonly durable = new Map<string, Node>();
  readonly current = new Map<string, Node>();
  /** In order. */
  pending: Change[] = [];
}
type Node = Folder | FileContent;

/** One change of names, whole or not at all: a rename between two folders is one. null: the name goes. */
interface Change {
  readonly parts: readonly { readonly folder: Folder; readonly name: string; readonly node: Node | null }[];
}

export class Disk {
  readonly #root: string;
  readonly #folder = new Folder();

  /** As it is now, all of it durable. */
  constructor(root: string) {
    this.#root = root;
    load(this.#folder, root);
  }

  apply(event: DiskEvent): void {
    if (event.kind === 'create') this.#create(event.path, event.isEmptied);
    else if (event.kind === 'folder') this.#change([{ path: event.path, node: new Folder() }]);
    else if (event.kind === 'remove') this.#change([{ path: event.path, node: null }]);
    else if (event.kind === 'rename') this.#rename(event.from, event.to);
    else if (event.kind === 'write') this.#file(event.path)?.write(event.at, event.bytes);
    else if (event.kind === 'truncate') this.#file(event.path)?.truncate(event.size);
    else if (event.kind === 'sync') this.#sync(event.path);
  }

  /** One of the states that a power cut may leave now, as files below `to`. */
  writeAfterPowerCut(to: string, chance: Chance): void {
    const kept = keptChanges(this.#folder, chance);
    write(this.#folder, to, kept, chance);
  }

  #create(path: string, isEmptied: boolean): void {
    const there = this.#find(path);
    if (there instanceof FileContent) {
      there.rewind();
      if (isEmptied) there.truncate(0);
    } else this.#change([{ path, node: new FileContent() }]);
  }

  #rename(from: string, to: string): void {
    const node = this.#find(from);
    this.#change([
      { path: from, node: null },
      { path: to, node },
    ]);
  }

  #change(changes: readonly { readonly path: string; readonly node: Node | null }[]): void {
    const parts = changes.map(({ path, node }) => ({ folder: this.#folderAbove(path), name: basename(path), node }));
    for (const { folder, name, node } of parts) {
      if (node === null) folder.current.delete(name);
      else folder.current.set(name, node);
    }
    const change = { parts };
    for (const folder of new Set(parts.map(({ folder }) => folder))) folder.pending.push(change);
  }

  #sync(path: string): void {
    const node = this.#find(path);
    if (node instanceof FileContent) node.sync();
    else if (node !== null) settle(node);
  }

  /** null: there is no such name. */
  #find(path: string): Node | null {
    let node: Node | undefined = this.#folder;
    for (const name of path.slice(this.#root.length).split('/').filter(Boolean))
      node = node instanceof Folder ? node.current.get(name) : undefined;
    return node ?? null;
  }

  /** null: what is written to was removed, and nobody will find it. */
  #file(path: string): FileContent | null {
    const node = this.#find(path);
    return node instanceof FileContent ? node : null;
  }

  #folderAbove(path: string): Folder {
    const folder = this.#find(dirname(path));
    if (folder instanceof Folder) return folder;
    throw new Error(`the trace changes ${path}, and its folder is not known`);
  }
}

function load(folder: Folder, path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    const node = entry.isDirectory() ? new Folder() : new FileContent(readFileSync(child));
    if (node instanceof Folder) load(node, child);
    folder.durable.set(entry.name, node);
    folder.current.set(entry.name, node);
  }
}

/** All pending changes of names become durable, the other end of a rename with them. */
function settle(folder: Folder): void {
  const { pending } = folder;
  for (const change of pending) {
    apply(change, (part) => part.folder.durable);
    for (const part of change.parts) part.folder.pending = part.folder.pending.filter((other) => other !== change);
  }
}

function apply({ parts }: Change, names: (part: Change['parts'][number]) => Map<string, Node>): void {
  for (const part of parts) {
    if (part.node === null) names(part).delete(part.name);
    else names(part).set(part.name, part.node);
  }
}

/** In every folder a beginning of its pending changes; of a change in two folders, both ends or none. */
function keptChanges(root: Folder, chance: Chance): ReadonlySet<Change> {
  const folders = foldersIn(root, new Set());
  const kept = new Set<Change>();
  for (const { pending } of folders) for (const change of pending.slice(0, chance.int(0, pending.length))) kept.add(change);
  // A change that one of its folders does not get to is lost, and what comes after it in the other one with it.
  for (let isSettled = false; !isSettled; ) {
    isSettled = true;
    for (const { pending } of folders) {
      const lost = pending.findIndex((change) => !kept.has(change));
      for (const change of lost === -1 ? [] : pending.slice(lost)) if (kept.delete(change)) isSettled = false;
    }
  }
  return kept;
}

function foldersIn(folder: Folder, found: Set<Folder>): Set<Folder> {
  if (found.has(folder)) return found;
  found.add(folder);
  for (const names of [folder.durable, folder.current])
    for (const node of names.values()) if (node instanceof Folder) foldersIn(node, found);
  return found;
}

function write(folder: Folder, path: string, kept: ReadonlySet<Change>, chance: Chance): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const names = new Map(folder.durable);
  for (const change of folder.pending.filter((one) => kept.has(one)))
    for (const part of change.parts.filter((one) => one.folder === folder)) {
      if (part.node === null) names.delete(part.name);
      else names.set(part.name, part.node);
    }
  for (const [name, node] of names) {
    if (node instanceof Folder) write(node, join(path, name), kept, chance);
    else writeFileSync(join(path, name), node.afterPowerCut(chance), { mode: 0o600 });
  }
}
