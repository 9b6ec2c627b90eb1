import type { ServerResponse } from 'node:http';
import { vi } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type EventsError } from '../../src/index.ts';

export const e = initEvents.context<{ user: string }>().create(defineEvents({ noted: z.string() }));

/** Makes a bus that records what happened to each note, and why calls failed. */
export function makeApp() {
  const handled: string[] = [];
  const dropped: string[] = [];
  const causes: string[] = [];
  const errors: EventsError[] = [];
  /** True for each handled note whose response had closed before. */
  const closedBefore: boolean[] = [];
  /** True for each handled note whose response had begun before. */
  const begunBefore: boolean[] = [];
  let response: ServerResponse | undefined;
  const router = e.router().on('noted', ({ event, ctx }) => {
    if (response !== undefined) {
      closedBefore.push(response.closed);
      begunBefore.push(response.headersSent);
    }
    handled.push([event.payload, ctx.user, event.path].filter(Boolean).join(' '));
  });
  const bus = e.bus({
    handlers: [router],
    createContext: () => ({ user: '' }),
    onDiscard: ({ event }) => void dropped.push(event.payload),
    onError: ({ error }) => void errors.push(error),
    observers: [
      {
        name: 'causes',
        scopeSettled: (_scope, outcome) => {
          if (!outcome.ok) causes.push((outcome.error as Error).message);
        },
      },
    ],
  });
  return {
    bus,
    handled,
    dropped,
    causes,
    errors,
    closedBefore,
    begunBefore,
    /** The response that `closedBefore` and `begunBefore` are about. */
    watch: (watched: ServerResponse) => void (response = watched),
    note: (text: string) => e.dispatch('noted', text),
    /** Waits until this many notes are handled or dropped. Unlike a drain, this starts no flush. */
    seen: (count: number) =>
      vi.waitUntil(() => handled.length + dropped.length >= count, { timeout: 20_000 }),
    /** Waits until all scopes are settled and all that they kept is handled. */
    end: () => bus.close({ timeout: 10_000 }),
  };
}
export type App = ReturnType<typeof makeApp>;

export const later = (ms = 1) => new Promise<void>((resolve) => setTimeout(resolve, ms));
