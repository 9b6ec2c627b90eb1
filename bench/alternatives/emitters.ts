/** An awaited publish, compared with what people use today. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { defineEvents, initEvents } from '../../src/index.ts';
import type { Case } from '../ab.ts';
import { data, payload } from '../subjects.ts';
import { load } from './load.ts';

const NAME = 'user.created';
/** The number of publishes in a row that make one sample, so that the clock costs nothing. */
const PER = 64;

type Listener = (...args: unknown[]) => Promise<void>;

/** How many listeners take the event, and how many take other events. */
export interface Size {
  readonly taking: number;
  readonly others: number;
}

/** Each listener is its own function, as in an application, because a shared one would be inlined. */
function listeners(count: number): Listener[] {
  const made: Listener[] = [];
  for (let i = 0; i < count; i++) {
    // oxlint-disable-next-line typescript/no-implied-eval -- a literal in a loop would be one function to the compiler
    made.push(new Function('return async function listener() {}')() as Listener);
  }
  return made;
}

/** Calls `on` for each listener of a case. */
function register({ taking, others }: Size, on: (name: string, listener: Listener) => void): void {
  for (const listener of listeners(taking)) on(NAME, listener);
  for (const [i, listener] of listeners(others).entries()) on(`other.e${i}`, listener);
}

const repeat = (name: string, once: () => unknown): Case => ({
  name,
  per: PER,
  run: async () => {
    for (let i = 0; i < PER; i++) await once();
  },
});

/** The same guarantees, written by hand: a parsed and frozen copy, an id, the clock, a frame and `allSettled`. */
function byHand(size: Size): Case {
  const map = new Map<string, Listener[]>();
  register(size, (name, listener) => map.set(name, [...(map.get(name) ?? []), listener]));
  const frames = new AsyncLocalStorage<object>();
  return repeat('the same, by hand', () => {
    const copy = Object.freeze({ ...payload.parse(data) });
    const event = Object.freeze({ id: randomUUID(), name: NAME, payload: copy, time: new Date() });
    return Promise.allSettled(map.get(NAME)!.map((listener) => frames.run({ event }, listener, event)));
  });
}

function ours({ taking, others }: Size): Case {
  const shape: Record<string, typeof payload> = { [NAME]: payload };
  for (let i = 0; i < others; i++) shape[`other.e${i}`] = payload;
  const e = initEvents.create(defineEvents(shape));
  const router = e.router();
  register({ taking, others }, (name, listener) => router.on(name, listener));
  const bus = e.bus({ handlers: [router] });
  return repeat('trpc-events: bus.publish', () => bus.publish(NAME, data));
}

function nodeEmitter(size: Size): Case {
  const emitter = new EventEmitter().setMaxListeners(0);
  register(size, (name, listener) => emitter.on(name, listener));
  return repeat('EventEmitter, nothing awaited', () => emitter.emit(NAME, data));
}

/** The methods that this file calls, typed by hand, because the packages are not installed when the types are checked. */
interface Emitter {
  on(name: string, listener: Listener): unknown;
  emit(name: string, data: object): unknown;
  emitAsync(name: string, data: object): Promise<unknown>;
}
interface Hooks {
  hook(name: string, listener: Listener): unknown;
  callHookParallel(name: string, data: object): Promise<unknown>;
}
interface Packages {
  readonly mitt: { readonly default: () => Pick<Emitter, 'on' | 'emit'> };
  readonly eventemitter2: { readonly default: new (options: object) => Emitter };
  readonly emittery: { readonly default: new () => Pick<Emitter, 'on' | 'emit'> };
  readonly hookable: { readonly createHooks: () => Hooks };
}
const get = <K extends keyof Packages>(name: K) => load<Packages[K]>(name);

/** @nestjs/event-emitter wraps each listener in an async function that catches, and awaits `emitAsync`. */
function nest(size: Size, EventEmitter2: Packages['eventemitter2']['default']): Case {
  const emitter = new EventEmitter2({ wildcard: true, maxListeners: 0 });
  register(size, (name, listener) => {
    emitter.on(name, async (...args: unknown[]) => {
      try {
        await listener(...args);
      } catch {}
    });
  });
  return repeat('the way of @nestjs/event-emitter', () => emitter.emitAsync(NAME, data));
}

/** Returns the cases. The others are divided by the first one. */
export async function emitters(size: Size): Promise<Case[]> {
  const { default: mitt } = await get('mitt');
  const { default: EventEmitter2 } = await get('eventemitter2');
  const { default: Emittery } = await get('emittery');
  const { createHooks } = await get('hookable');

  const small = mitt();
  register(size, (name, listener) => small.on(name, listener));
  const wild = new EventEmitter2({ wildcard: true, maxListeners: 0 });
  register(size, (name, listener) => wild.on(name, listener));
  const emittery = new Emittery();
  register(size, (name, listener) => emittery.on(name, listener));
  const hooks = createHooks();
  register(size, (name, listener) => hooks.hook(name, listener));

  return [
    byHand(size),
    ours(size),
    nodeEmitter(size),
    repeat('mitt, nothing awaited', () => small.emit(NAME, data)),
    repeat('eventemitter2, wildcards, awaited', () => wild.emitAsync(NAME, data)),
    nest(size, EventEmitter2),
    repeat('emittery, awaited', () => emittery.emit(NAME, data)),
    repeat('hookable, in parallel, awaited', () => hooks.callHookParallel(NAME, data)),
  ];
}
