import { effect, signal } from '../signals.ts';
import type { Entry, Status } from '../../story/index.ts';
import { changedToken } from './address.ts';
import { NO_ANSWER, Refused } from './api.ts';
import { addEntries, forgetAll } from './calls.ts';
import { readEntries } from './entries.ts';

export type Connection =
  | { readonly kind: 'connecting' | 'live' | 'paused' | 'noToken' }
  /** The server did not answer, or said no. The page asks again at `until`. */
  | { readonly kind: 'broken'; readonly words: string; readonly until: number };

/** The states of the connection, as the header and screen readers say them. */
export const WORDS = {
  live: 'live',
  connecting: 'connecting',
  paused: 'paused',
  noToken: 'no token',
  broken: 'no answer',
};

export const connection = signal<Connection>({ kind: 'connecting' });
export const status = signal<Status | undefined>(undefined);
export const isPaused = signal(false);
/** True after the server was started again, until the reader has seen it. */
export const wasRestarted = signal(false);

const LONGEST_WAIT = 8000;
/** The place of the last entry that was read. */
let last: string | undefined;

/** Reads entries for as long as the page is open, except while it is paused. */
export function connect(): void {
  effect(() => {
    void changedToken.value;
    const stop = new AbortController();
    if (isPaused.value) connection.value = { kind: 'paused' };
    else void keepReading(stop.signal);
    return () => stop.abort();
  });
}

async function keepReading(stop: AbortSignal): Promise<void> {
  let wait = 1000;
  connection.value = { kind: 'connecting' };
  while (!stop.aborted) {
    let words = 'The server has ended the stream.';
    try {
      for await (const entries of readEntries(last, stop)) {
        if (stop.aborted) return;
        connection.value = { kind: 'live' };
        wait = 1000;
        take(entries);
      }
    } catch (error) {
      if (stop.aborted) return;
      const refused = error instanceof Refused ? error : new Refused(NO_ANSWER);
      if (refused.status === 401) return void (connection.value = { kind: 'noToken' });
      words = refused.message;
    }
    if (stop.aborted) return;
    connection.value = { kind: 'broken', words, until: Date.now() + wait };
    await pause(wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}

/** Asks the server at once instead of waiting. */
export let tryNow = () => {};

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    tryNow = resolve;
    setTimeout(resolve, ms);
  });
}

function take(lines: readonly (Entry | Status)[]): void {
  const entries = [];
  for (const line of lines) {
    if (line.kind !== 'status') {
      entries.push(line);
      last = line.id;
      continue;
    }
    const before = status.peek() ?? line;
    if (before.run !== line.run) wasRestarted.value = true;
    if (before.run !== line.run || before.cleared !== line.cleared) forgetAll();
    status.value = line;
  }
  addEntries(entries, status.peek()?.calls ?? Infinity);
}
