/** Published tasks and their authors: few, small, read whole. */
import type { TaskId } from '@manyhands/protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { Author, PublishedTask } from '../../domain/change-set.ts';

export class Catalogue {
  readonly #putTask: Statement<[TaskId, number, string]>;
  readonly #task: Statement<[TaskId], string>;
  readonly #tasks: Statement<[number], string>;
  readonly #putAuthor: Statement<[string, string]>;
  readonly #authors: Statement<[], string>;

  constructor(db: Database) {
    this.#putTask = db.prepare('INSERT OR REPLACE INTO task VALUES (?, ?, ?)');
    this.#task = db.prepare<[TaskId], string>('SELECT body FROM task WHERE id = ?').pluck();
    this.#tasks = db.prepare<[number], string>('SELECT body FROM task ORDER BY published_at DESC, id LIMIT ?').pluck();
    this.#putAuthor = db.prepare('INSERT OR REPLACE INTO author VALUES (?, ?)');
    this.#authors = db.prepare<[], string>('SELECT body FROM author ORDER BY name').pluck();
  }

  writeTasks(tasks: readonly PublishedTask[]): void {
    for (const task of tasks) this.#putTask.run(task.id, task.publishedAt, JSON.stringify(task));
  }

  writeAuthors(authors: readonly Author[]): void {
    for (const author of authors) this.#putAuthor.run(author.name, JSON.stringify(author));
  }

  task(id: TaskId): PublishedTask | null {
    const body = this.#task.get(id);
    return body === undefined ? null : (JSON.parse(body) as PublishedTask);
  }

  tasks(limit: number): PublishedTask[] {
    return this.#tasks.all(limit).map((body) => JSON.parse(body) as PublishedTask);
  }

  authors(): Author[] {
    return this.#authors.all().map((body) => JSON.parse(body) as Author);
  }
}
