import { builtin } from '../core/host/builtin.ts';

type Hooks = typeof import('node:async_hooks');

const hooks = builtin<Hooks>('node:async_hooks');

/**
 * Calls a function outside the current call, so that a worker that was started in a call keeps neither its ctx nor its
 * trace. The function runs in the async context in which this module was loaded.
 */
export const outside: <R>(fn: () => R) => R =
  hooks === undefined ? (fn) => fn() : hooks.AsyncLocalStorage.snapshot();
