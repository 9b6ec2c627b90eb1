import type { DiscardReason } from 'trpc-events';
import type { Entry } from './entry.ts';

/** A call, and what it dispatched. Times are ms since 1970. */
export interface Call {
  readonly id: string;
  readonly path: string;
  readonly batchIndex: number;
  readonly from: number;
  to?: number;
  ok?: boolean;
  error?: string;
  /** When its response had been sent. */
  answered?: number;
  readonly events: Happening[];
}
/** An event, and what became of it. */
export interface Happening {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly at: number;
  /** The call or the attempt that dispatched it. */
  readonly by: Call | Attempt | undefined;
  /** When it was given to the listeners. */
  released?: number;
  dropped?: { readonly at: number; readonly reason: DiscardReason };
  isUnhandled?: boolean;
  /** When it came from which queue. */
  arrived?: { readonly at: number; readonly queue: string };
  readonly attempts: Attempt[];
}
/** A listener that ran, or a forwarder that sent. */
export interface Attempt {
  readonly id: string;
  readonly listener: string;
  readonly isForwarder: boolean;
  /** The process id of the worker, if it ran there. */
  readonly worker: number | undefined;
  readonly event: Happening;
  readonly from: number;
  to?: number;
  ok?: boolean;
  error?: string;
  /** What it dispatched in turn. */
  readonly events: Happening[];
}

/** When the other end took what a forwarder had sent. */
export function takenAt({ event, isForwarder }: Attempt): number | undefined {
  return isForwarder ? event.attempts.find(({ worker }) => worker !== undefined)?.from : undefined;
}

/** Puts the entries of one click together. They may come late, and twice. */
export function buildStory(entries: readonly Entry[]): readonly Call[] {
  const calls = new Map<string, Call>();
  const attempts = new Map<string, Attempt>();
  const events = new Map<string, Happening>();
  for (const entry of entries) {
    const { at } = entry;
    switch (entry.kind) {
      case 'opened': {
        const { call: id, path, batchIndex } = entry;
        if (!calls.has(id)) calls.set(id, { id, path, batchIndex, from: at, events: [] });
        break;
      }
      case 'settled':
        Object.assign(calls.get(entry.call) ?? {}, { to: at, ok: entry.ok, error: entry.error });
        break;
      case 'answered':
        Object.assign(calls.get(entry.call) ?? {}, { answered: at });
        break;
      case 'dispatched': {
        const { event: id, name, payload } = entry;
        if (events.has(id)) break; // a queue may bring it twice
        const by = calls.get(entry.by ?? '') ?? attempts.get(entry.by ?? '');
        const event: Happening = { id, name, payload, at, by, attempts: [] };
        events.set(id, event);
        by?.events.push(event);
        break;
      }
      case 'released':
        Object.assign(events.get(entry.event) ?? {}, { released: at });
        break;
      case 'dropped':
        Object.assign(events.get(entry.event) ?? {}, { dropped: { at, reason: entry.reason } });
        break;
      case 'arrived': {
        const event = events.get(entry.event);
        if (event !== undefined) event.arrived ??= { at, queue: entry.queue };
        break;
      }
      case 'unhandled':
        Object.assign(events.get(entry.event) ?? {}, { isUnhandled: true });
        break;
      case 'started': {
        const event = events.get(entry.event);
        if (event === undefined) break;
        const { attempt: id, listener, isForwarder, worker } = entry;
        if (attempts.has(id)) break;
        const attempt: Attempt = { id, listener, isForwarder, worker, event, from: at, events: [] };
        attempts.set(id, attempt);
        event.attempts.push(attempt);
        break;
      }
      case 'finished':
        Object.assign(attempts.get(entry.attempt) ?? {}, { to: at, ok: entry.ok, error: entry.error });
        break;
    }
  }
  return [...calls.values()].sort((a, b) => a.batchIndex - b.batchIndex);
}
