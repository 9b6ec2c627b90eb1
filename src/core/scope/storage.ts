import type { AsyncLocalStorage } from 'node:async_hooks';
import { builtin } from '../host/builtin.ts';
import type { BusState } from '../model/bus-state.ts';
import type { App } from '../model/settings.ts';
import { isThenable } from '../words/guards.ts';
import type { Frame, Scope } from './scope.ts';

/** One storage for all copies of this package in a process. Frames of another copy are never looked into. */
const KEY = Symbol.for('trpc-events.storage.1');

type Storage = AsyncLocalStorage<Frame | undefined>;
type Snapshot = <R>(fn: () => R) => R;

const hooks = builtin<typeof import('node:async_hooks')>('node:async_hooks');
const shared = globalThis as { [KEY]?: Storage };
const storage: Storage | undefined = hooks && (shared[KEY] ??= new hooks.AsyncLocalStorage());
/** workerd has `run` alone. */
const enters = storage !== undefined && canEnter(storage);

/** Whether `e.dispatch` can find its scope here. */
export const hasStorage = storage !== undefined;

function canEnter(storage: Storage): boolean {
  try {
    return storage.run(undefined, () => (storage.enterWith(undefined), true));
  } catch {
    return false;
  }
}

export function currentFrame(): Frame | undefined {
  return storage?.getStore();
}

/** Calls a function with the scope of a frame as the current one. */
export function runIn<A, R>(frame: Frame, fn: (argument: A) => R, argument: A): R {
  return storage === undefined ? fn(argument) : storage.run(frame, callAndBegin<A, R>, fn, argument);
}

/** A query of Prisma, Drizzle or Knex begins when its `then` is called: that must not wait until the frame is left. */
function callAndBegin<A, R>(fn: (argument: A) => R, argument: A): R {
  const returned = fn(argument);
  return isThenable(returned) ? (Promise.resolve(returned) as R) : returned;
}

/**
 * The same where whatever runs next sets a frame of its own, or something around calls `restoring`: half the price of
 * `runIn`.
 */
export function enterAndCall<A, R>(frame: Frame, fn: (argument: A) => R, argument: A): R {
  if (!enters) return runIn(frame, fn, argument);
  storage.enterWith(frame);
  return fn(argument);
}

/** Calls a function that may call `enterAndCall`, and goes back to the frame from before. */
export function restoring<R>(fn: () => R): R {
  const before = currentFrame();
  try {
    return fn();
  } finally {
    if (enters) storage.enterWith(before);
  }
}

/** What runs a function later as if it ran now, for the user's own storages too. */
export function snapshot(): Snapshot {
  return hooks === undefined ? (fn) => fn() : hooks.AsyncLocalStorage.snapshot();
}

/** The scope of a bus that runs here, or has run where this was started. */
export function scopeOfBus(bus: BusState): Scope | undefined {
  let frame = currentFrame();
  while (frame !== undefined && frame.scope.bus !== bus) frame = frame.rest;
  return frame?.scope;
}

/** The scope of the latest bus of a builder. */
export function scopeOfApp(app: App): Scope | undefined {
  let frame = currentFrame();
  while (frame !== undefined && frame.scope.bus.app !== app) frame = frame.rest;
  return frame?.scope;
}

/** The frames but for that of one bus. */
export function framesWithout(frame: Frame | undefined, bus: BusState): Frame | undefined {
  if (frame === undefined) return undefined;
  if (frame.scope.bus === bus) return frame.rest;
  const rest = framesWithout(frame.rest, bus);
  if (rest === frame.rest) return frame;
  return rest === undefined ? frame.scope : { scope: frame.scope, rest };
}
