/** Hosts, accounts, and the tasks they have a standing for, by number: an id is written once, and three bytes stand for it everywhere else. */
import type { Database, Statement } from 'better-sqlite3';

/** A cache, so it may forget; what it forgets is read again. */
const REMEMBERED = 50_000;

export class Parties {
  readonly #find: Statement<[string], number>;
  readonly #add: Statement<[string]>;
  readonly #read: Statement<[number], string>;
  readonly #numbers = new Map<string, number>();
  readonly #ids = new Map<number, string>();

  constructor(db: Database) {
    this.#find = db.prepare<[string], number>('SELECT party_no FROM party WHERE id = ?').pluck();
    this.#add = db.prepare('INSERT INTO party (id) VALUES (?)');
    this.#read = db.prepare<[number], string>('SELECT id FROM party WHERE party_no = ?').pluck();
  }

  /** The number of an id, given to it now if it is new: inside a transaction only. */
  numberOf(id: string): number {
    return this.#numbers.get(id) ?? this.#remember(id, this.#find.get(id) ?? Number(this.#add.run(id).lastInsertRowid));
  }

  /** null: never seen. */
  find(id: string): number | null {
    return this.#numbers.get(id) ?? this.#find.get(id) ?? null;
  }

  idOf<Id extends string>(number: number): Id {
    const id = this.#ids.get(number) ?? this.#read.get(number);
    if (id === undefined) throw new Error(`party ${number} is referred to and does not exist`);
    this.#remember(id, number);
    return id as Id;
  }

  /** After a rollback: numbers given since may not exist. */
  forget(): void {
    this.#numbers.clear();
    this.#ids.clear();
  }

  #remember(id: string, number: number): number {
    if (this.#numbers.size >= REMEMBERED) this.forget();
    this.#numbers.set(id, number);
    this.#ids.set(number, id);
    return number;
  }
}
