import { initTRPC } from '@trpc/server';
import { vi } from 'vitest';
import { z } from 'zod';
import {
  defineEvents,
  initEvents,
  type DeferStrategy,
  type DiscardReason,
  type EventObserver,
  type EventsError,
} from '../../src/index.ts';

export interface Context {
  readonly req?: unknown;
  readonly res?: unknown;
  readonly tag?: string | undefined;
}

export const e = initEvents.context<Context>().create(defineEvents({ noted: z.string(), started: z.void() }));
export const t = initTRPC.context<Context>().create();

export interface AppOptions {
  readonly defer?: DeferStrategy;
  /** Called with each note, and the ctx of its dispatch. */
  readonly listener?: (note: string, ctx: Context) => unknown;
  readonly observers?: readonly EventObserver[];
  readonly limits?: { readonly pending?: number };
  readonly when?: 'success' | 'failure' | 'settled';
  /** If false (the default), errors are printed, which fails the test. */
  readonly collectsErrors?: boolean;
}

/** Makes a bus with one listener, and records what became of each note. */
export function makeApp({ listener, collectsErrors = false, ...options }: AppOptions = {}) {
  const handled: string[] = [];
  const discarded: string[] = [];
  const reasons: DiscardReason[] = [];
  const errors: EventsError[] = [];
  const router = e.router().on('noted', async function recorder({ event, ctx }) {
    handled.push(event.payload);
    await listener?.(event.payload, ctx);
  });
  const bus = e.bus({
    handlers: [router],
    createContext: () => ({ tag: 'createContext' }),
    onDiscard: ({ event, reason }) => {
      discarded.push(String(event.payload));
      reasons.push(reason);
    },
    ...(collectsErrors && { onError: ({ error }) => void errors.push(error) }),
    ...options,
  });
  const events = bus.middleware();
  return {
    bus,
    router,
    events,
    procedure: t.procedure.use(events),
    handled,
    discarded,
    reasons,
    errors,
    [Symbol.asyncDispose]: () => bus.close(),
  };
}

/** Waits until an assertion holds, for less than the 5 s after which `auto()` stops waiting for a response. */
export function eventually(assert: () => void): Promise<void> {
  return vi.waitFor(assert, { timeout: 4000, interval: 5 });
}
