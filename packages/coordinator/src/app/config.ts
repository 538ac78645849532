/** All settings of a coordinator: flags before environment before defaults. The only reader of process.env. */
import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { ENGINE_LIMITS, type EngineLimits } from '../engine/engine-limits.ts';
import { HTTP_LIMITS } from '../http/http-limits.ts';
import { WS_LIMITS } from '../ws/ws-limits.ts';
import { AppError } from './app-error.ts';
import { LOAD_LIMITS } from './load-meter.ts';
import { isProxyName } from './trusted-proxies.ts';

/** What differs from `defaults`, as an object or as JSON; of the same kinds as there, and with no other names. */
const limits = <T extends object>(defaults: T): z.ZodType<T, Partial<T> | string | undefined> =>
  z
    .preprocess(parseJson, z.strictObject(Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, likeOf(value)]))))
    .default({})
    .transform((changes) => ({ ...defaults, ...withoutUndefined(changes) })) as unknown as z.ZodType<T, Partial<T> | string | undefined>;

function likeOf(value: unknown): z.ZodType {
  if (typeof value === 'boolean') return z.boolean().optional();
  if (typeof value === 'object' && value !== null)
    return z.strictObject({ perSecond: z.number().positive(), burst: z.number().min(1) }).optional();
  return (value === null ? z.number().min(0).nullable() : z.number().min(0)).optional();
}

/** What is no JSON stays text, and is refused as such. */
function parseJson(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

const withoutUndefined = (changes: object): object =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));

/** `true` stands for `loopback`. */
const proxies = z
  .union([z.boolean(), z.array(z.string()), z.string()])
  .transform(proxyNames)
  .refine((names) => names.every(isProxyName), 'must be true, false, or addresses and ranges like 10.0.0.1,10.1.0.0/16,loopback');

function proxyNames(given: boolean | string | string[]): string[] {
  if (Array.isArray(given)) return given;
  if (typeof given === 'boolean' || /^(true|1|yes|on)$/i.test(given)) return given === false ? [] : ['loopback'];
  return /^(false|0|no|off|)$/i.test(given.trim()) ? [] : given.split(',').map((name) => name.trim());
}

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
  /** Proxies that are believed when they say whom they speak for (X-Forwarded-For). */
  trustProxy: proxies.default([]),
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
  /** What differs from the defaults; docs/guides/run-a-coordinator.md has the table. */
  http: limits(HTTP_LIMITS),
  ws: limits(WS_LIMITS),
  engine: limits<EngineLimits>(ENGINE_LIMITS),
  load: limits(LOAD_LIMITS),
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
  http: 'MANYHANDS_HTTP_LIMITS',
  ws: 'MANYHANDS_WS_LIMITS',
  engine: 'MANYHANDS_ENGINE_LIMITS',
  load: 'MANYHANDS_LOAD_LIMITS',
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
