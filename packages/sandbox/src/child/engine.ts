import { createRequire } from 'node:module';
import type ivm from 'isolated-vm';

export type Engine = typeof ivm;

/** The prebuilt binary itself: isolated-vm's own loader walks directories, which the permission model forbids (SANDBOX §2). */
export const loadEngine = (binaryPath: string): Engine => (createRequire(import.meta.url)(binaryPath) as { ivm: Engine }).ivm;
