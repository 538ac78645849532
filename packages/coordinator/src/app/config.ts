/** All settings of a coordinator: flags before environment before defaults. The only reader of process.env. */
import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { ENGINE_LIMITS, type EngineLimits } from '../engine/engine-limits.ts';
import { HTTP_LIMITS } from '../http/http-limits.ts';
import { WS_LIMITS } from '../ws/ws-limits.ts';
import { AppError } from './app-error.ts';

const limits = <T extends object>(defaults: T) =>
  z
    .custom<Partial<T>>()
    .default({})
    .transform((changes): T => ({ ...defaults, ...changes }));
const yesNo = z.union([z.boolean(), z.stringbool()]);

export const configSchema = z.strictObject({
  /** Folder of the database, blobs and keys. */
  data: z.string().min(1).default('manyhands-data'),
  /** `0.0.0.0` opens it to the network. */
  host: z.string().min(1).default('127.0.0.1'),
  /** 0: any free one. */
  port: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** The address the world sees, when it is not this machine's own; null: host and port. */
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
  /** Believe X-Forwarded-For from a proxy on this machine. */
  trustProxy: yesNo.default(false),
  name: z.string().min(1).max(100).default('A Manyhands project'),
  description: z.string().max(2_000).default(''),
  operator: z.string().max(200).default('not named'),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** `memory` keeps nothing: for simulations and tests. */
  store: z.enum(['sqlite', 'memory']).default('sqlite'),
  /** Proof checks at the same time. */
  checks: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(Math.max(1, availableParallelism() - 1)),
  /** Only for programs that start a coordinator: what differs from the defaults of DESIGN §14. */
  http: limits(HTTP_LIMITS),
  ws: limits(WS_LIMITS),
  engine: limits<EngineLimits>(ENGINE_LIMITS),
});
export type CoordinatorConfig = z.output<typeof configSchema>;
export type CoordinatorSettings = { readonly [K in keyof z.input<typeof configSchema>]?: z.input<typeof configSchema>[K] | undefined };

const ENVIRONMENT = {
  data: 'MANYHANDS_DATA',
  host: 'MANYHANDS_HOST',
  port: 'MANYHANDS_PORT',
  publicUrl: 'MANYHANDS_PUBLIC_URL',
  trustProxy: 'MANYHANDS_TRUST_PROXY',
  name: 'MANYHANDS_NAME',
  description: 'MANYHANDS_DESCRIPTION',
  operator: 'MANYHANDS_OPERATOR',
  logLevel: 'MANYHANDS_LOG_LEVEL',
  store: 'MANYHANDS_STORE',
  checks: 'MANYHANDS_CHECKS',
} as const satisfies Partial<Record<keyof CoordinatorConfig, string>>;

/** `flags` that are undefined were not given. Throws AppError `bad-config`, naming the setting. */
export function loadConfig(flags: CoordinatorSettings = {}, env: NodeJS.ProcessEnv = process.env): CoordinatorConfig {
  const fromEnv = Object.entries(ENVIRONMENT).map(([key, variable]) => [key, env[variable]] as const);
  const given = [...fromEnv, ...Object.entries(flags)].filter(([, value]) => value !== undefined);
  const parsed = configSchema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const key = String(issue?.path[0] ?? 'a setting');
  const variable = ENVIRONMENT[key as keyof typeof ENVIRONMENT];
  throw new AppError(
    'bad-config',
    `The setting \`${key}\`${variable ? ` (${variable})` : ''} cannot be used: ${issue?.message}. Correct it and start again.`,
  );
}
