import { variable } from '../../core/host/environment.ts';
import { isObject } from '../../core/words/guards.ts';
import type { WaitUntil } from '../wait-until.ts';

/** A platform that this may run on: how it treats the process, and what it offers to keep it alive. */
export interface Platform {
  /** True if the process may be frozen or gone after the response, unless the platform got a promise. */
  readonly freezes: boolean;
  /** The reason why `freezes` is only assumed. */
  readonly doubt?: string;
  /** Returns true if this process runs on the platform. */
  isHere(): boolean;
}

/** A platform that offers a `waitUntil` to the current request. */
export interface KeepingPlatform extends Platform {
  waitUntil(): WaitUntil | undefined;
}

/** The holder of the current request's context. A host keeps it on globalThis, under a symbol. */
export interface ContextHolder {
  get?(): unknown;
}

/** Returns true if one of these variables is set and not empty. */
export function inEnvironment(...names: readonly string[]): boolean {
  return names.some((name) => Boolean(variable(name)));
}

/** Returns the version of a runtime from `process.versions`, where all runtimes that pass for Node are listed. */
export function runtimeVersion(name: string): string | undefined {
  const { process } = globalThis as { process?: { versions?: Record<string, string | undefined> } };
  return process?.versions?.[name];
}

/** Returns the `waitUntil` of a context, bound because it may need its `this`. */
export function waitUntilOf(context: unknown): WaitUntil | undefined {
  if (!isObject(context) || typeof context['waitUntil'] !== 'function') return undefined;
  return (promise) => (context as { waitUntil: WaitUntil }).waitUntil(promise);
}
