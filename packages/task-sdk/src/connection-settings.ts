/** Where the coordinator is and who is asking: what was passed, else the environment, else the config file. The first that says it counts. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type AuthorFile, readAuthorFile } from './author-file.ts';
import { SdkError } from './sdk-error.ts';

export interface ConnectionChoice {
  /** Base address of the coordinator. Environment: MANYHANDS_URL. Else the author file's. */
  readonly url?: string | undefined;
  /** Path of the author file. Environment: MANYHANDS_AUTHOR. Else author.json in the config folder. */
  readonly authorFile?: string | undefined;
  /** The author file's content, for programs that keep secrets elsewhere. */
  readonly author?: AuthorFile | undefined;
  /** Bearer token alone: enough for everything but publishing tasks. Environment: MANYHANDS_TOKEN. */
  readonly token?: string | undefined;
}

export interface ConnectionSettings {
  readonly url: string;
  /** null: read only what everybody may. */
  readonly token: string | null;
  /** null: tasks cannot be published. */
  readonly author: AuthorFile | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws SdkError `config`. */
export function resolveConnection(choice: ConnectionChoice, env: Environment): ConnectionSettings {
  const { MANYHANDS_URL, MANYHANDS_TOKEN } = env;
  const author = resolveAuthor(choice, env);
  const url = choice.url ?? MANYHANDS_URL ?? author?.url;
  if (url === undefined) {
    throw new SdkError(
      'config',
      `No coordinator is named. Pass its address (\`--url\`, connect({ url })), set MANYHANDS_URL, or put an author file at ${defaultAuthorFile(env)}.`,
    );
  }
  if (!/^https?:\/\/[^/]/.test(url)) {
    throw new SdkError('config', `"${url}" is no coordinator's address. Write it with http:// or https://, e.g. http://127.0.0.1:8080.`);
  }
  return { url, author, token: choice.token ?? MANYHANDS_TOKEN ?? author?.token ?? null };
}

function resolveAuthor(choice: ConnectionChoice, env: Environment): AuthorFile | null {
  if (choice.author !== undefined) return choice.author;
  const { MANYHANDS_AUTHOR } = env;
  const named = choice.authorFile ?? MANYHANDS_AUTHOR;
  if (named !== undefined) return readAuthorFile(named);
  const byDefault = defaultAuthorFile(env);
  return existsSync(byDefault) ? readAuthorFile(byDefault) : null;
}

/** `author.json` in the user's config folder. */
export function defaultAuthorFile(env: Environment): string {
  const { APPDATA, XDG_CONFIG_HOME } = env;
  const folder = process.platform === 'win32' ? APPDATA : XDG_CONFIG_HOME;
  return join(folder || join(homedir(), '.config'), 'manyhands', 'author.json');
}
