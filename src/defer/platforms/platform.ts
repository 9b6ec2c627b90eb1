import { variable } from '../../core/host/environment.ts';
import { isObject } from '../../core/words/guards.ts';
import type { WaitUntil } from '../wait-until.ts';

/** A place where this may run: what it does to the process, and what it offers to keep that alive. */
export interface Platform {
  /** Whether the process may be frozen, or is gone, when the response has left, unless it was given a promise. */
  readonly freezes: boolean;
  /** Why that is not known, but taken for granted. */
  readonly doubt?: string;
  /** Whether this process runs there. */
  isHere(): boolean;
}

/** A platform that offers a `waitUntil` to the request that runs. */
export interface KeepingPlatform extends Platform {
  waitUntil(): WaitUntil | undefined;
}

/** A holder of the context of the request that runs, which a host keeps under a symbol of globalThis. */
export interface ContextHolder {
  get?(): unknown;
}

/** Whether one of these variables is set, to more than nothing. */
export function inEnvironment(...names: readonly string[]): boolean {
  return names.some((name) => Boolean(variable(name)));
}

/** The version of a runtime that says so in `process.versions`, as all do that pass for Node. */
export function runtimeVersion(name: string): string | undefined {
  const { process } = globalThis as { process?: { versions?: Record<string, string | undefined> } };
  return process?.versions?.[name];
}

/** The `waitUntil` of a context, which may need its `this`. */
export function waitUntilOf(context: unknown): WaitUntil | undefined {
  if (!isObject(context) || typeof context['waitUntil'] !== 'function') return undefined;
  return (promise) => (context as { waitUntil: WaitUntil }).waitUntil(promise);
}
