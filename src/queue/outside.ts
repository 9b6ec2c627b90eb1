import { builtin } from '../core/host/builtin.ts';

type Hooks = typeof import('node:async_hooks');

const hooks = builtin<Hooks>('node:async_hooks');

/**
 * Calls a function outside the call that runs now, so that a worker that was started in a call is no part of it, and
 * keeps no ctx and no trace of it. What was current when this module was loaded is current in the function.
 */
export const outside: <R>(fn: () => R) => R =
  hooks === undefined ? (fn) => fn() : hooks.AsyncLocalStorage.snapshot();
