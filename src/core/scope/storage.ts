import type { AsyncLocalStorage } from 'node:async_hooks';
import { builtin } from '../host/builtin.ts';
import type { BusState } from '../model/bus-state.ts';
import type { App } from '../model/settings.ts';
import { isThenable } from '../words/guards.ts';
import { nearestOpen, type Frame, type Scope } from './scope.ts';

/** The storage is shared by all copies of this package in a process. A copy never looks into frames of another. */
const KEY = Symbol.for('trpc-events.storage.1');

type Storage = AsyncLocalStorage<Frame | undefined>;
type Snapshot = <R>(fn: () => R) => R;

const hooks = builtin<typeof import('node:async_hooks')>('node:async_hooks');
const shared = globalThis as { [KEY]?: Storage };
const storage: Storage | undefined = hooks && (shared[KEY] ??= new hooks.AsyncLocalStorage());
/** False on workerd, where `enterWith` doesn't work, but `run` does. */
const enters = storage !== undefined && canEnter(storage);

/** True if `e.dispatch` can find its scope on this platform. */
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

/** Calls a function, and the `then` of its result in this frame, because a query of Prisma, Drizzle or Knex begins with it. */
function callAndBegin<A, R>(fn: (argument: A) => R, argument: A): R {
  const returned = fn(argument);
  return isThenable(returned) ? (Promise.resolve(returned) as R) : returned;
}

/** Calls a function like `runIn`, at half the cost, but leaves the frame set: the caller must restore it, or end its turn. */
export function enterAndCall<A, R>(frame: Frame, fn: (argument: A) => R, argument: A): R {
  if (!enters) return runIn(frame, fn, argument);
  storage.enterWith(frame);
  return fn(argument);
}

/** Calls a function that may call `enterAndCall`, then restores the frame from before. */
export function restoring<R>(fn: () => R): R {
  const before = currentFrame();
  try {
    return fn();
  } finally {
    if (enters) storage.enterWith(before);
  }
}

/** Returns a function that runs others later as if they ran now. The application's own storages are restored too. */
export function snapshot(): Snapshot {
  if (hooks === undefined) return (fn) => fn();
  // Next's edge runtime has no AsyncResource. Elsewhere it does the same as `snapshot` for a thirtieth of the cost.
  if (hooks.AsyncResource === undefined) return hooks.AsyncLocalStorage.snapshot();
  const resource = new hooks.AsyncResource('trpc-events');
  return (fn) => resource.runInAsyncScope(fn);
}

/** Returns the scope of a bus that runs here, or that ran where this code was started. */
export function scopeOfBus(bus: BusState, frame = currentFrame()): Scope | undefined {
  while (frame !== undefined && frame.scope.bus !== bus) frame = frame.rest;
  return frame?.scope;
}

/**
 * Returns the scope of the latest bus of a builder. If there is none, returns that of the latest bus whose builder has
 * the same event names: it comes from another copy of the same module, as Next.js makes them, or from its newer version.
 */
export function scopeOfApp(app: App): Scope | undefined {
  let frame = currentFrame();
  while (frame !== undefined && frame.scope.bus.app !== app) frame = frame.rest;
  return frame?.scope ?? scopeWhere(({ bus }) => bus.isOfBuilderLike(app));
}

/** Returns the scope of the latest bus that passes a test. */
export function scopeWhere(test: (scope: Scope) => boolean): Scope | undefined {
  let frame = currentFrame();
  while (frame !== undefined && !test(frame.scope)) frame = frame.rest;
  return frame?.scope;
}

/** Returns the latest scope of any bus that has not settled. */
export function anyOpenScope(): Scope | undefined {
  return scopeWhere((scope) => nearestOpen(scope) !== undefined);
}

/** Returns the frames without the one of a bus. */
export function framesWithout(frame: Frame | undefined, bus: BusState): Frame | undefined {
  if (frame === undefined) return undefined;
  if (frame.scope.bus === bus) return frame.rest;
  const rest = framesWithout(frame.rest, bus);
  if (rest === frame.rest) return frame;
  return rest === undefined ? frame.scope : { scope: frame.scope, rest };
}
