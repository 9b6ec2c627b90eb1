import { isAborted, letGo, listen } from '../../core/words/signals.ts';
import type { Status } from '../../story/entry.ts';
import type { Memory } from '../memory/memory.ts';
import type { InspectorState } from '../state.ts';

/** The time for which entries are gathered, in ms. */
const GATHERED = 100;
/** The time after which a stream without news says that it is alive, in ms. */
const HEARTBEAT = 5000;
/** About how many characters are sent at once. */
const MOST_AT_ONCE = 256 * 1024;

export interface Reading {
  /** The `id` of the last entry that the reader has. */
  readonly after: string | undefined;
  /** True if the stream ends after what is kept. */
  readonly isOnce: boolean;
  /** The signals that end the stream. */
  readonly signals: readonly AbortSignal[];
  /** True if the reader may redeliver, publish and clear. */
  readonly actions: boolean;
}

/** Writes a status, the entries after a place, and then new ones, one line each. It is only as fast as its reader. */
export function entriesStream(
  state: InspectorState,
  { after, isOnce, signals, actions }: Reading,
): ReadableStream<Uint8Array> {
  const { memory } = state;
  const encoder = new TextEncoder();
  let place = memory.placeOf(after);
  let said = '';
  let isFirst = true;
  let cancel = () => {};

  const statusLine = () => {
    const status = JSON.stringify(statusOf(state, actions));
    const line = status === said ? '' : `${status}\n`;
    said = status;
    return line;
  };
  const news = () => {
    let lines = statusLine();
    const { last } = memory;
    for (const { n, entry } of memory.after(place)) {
      place = n;
      lines += `${JSON.stringify(entry)}\n`;
      if (lines.length > MOST_AT_ONCE) return lines;
    }
    // The last entries may already be gone.
    place = last;
    return lines;
  };

  const isEnding = () => signals.some(isAborted);
  const waits = () => !isOnce && !isEnding();

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let lines = isFirst ? news() : '';
        isFirst = false;
        while (lines === '' && waits()) {
          await waitFor(memory, place, signals, (stop) => (cancel = stop));
          lines = news() || (isEnding() ? '' : '\n');
        }
        if (lines !== '') controller.enqueue(encoder.encode(lines));
        if (isEnding() || (isOnce && place >= memory.last)) controller.close();
        else if (isOnce) isFirst = true;
      },
      cancel: () => cancel(),
    },
    { highWaterMark: 0 },
  );
}

function statusOf({ memory, settings, processes }: InspectorState, actions: boolean): Status {
  return {
    kind: 'status',
    run: memory.run,
    process: settings.process,
    calls: memory.calls,
    gone: memory.gone,
    cleared: memory.cleared,
    actions,
    processes: processes.list(),
  };
}

/** Waits for an entry and what comes shortly after it, for the heartbeat, or for the end. */
async function waitFor(
  memory: Memory,
  place: number,
  signals: readonly AbortSignal[],
  onCancel: (stop: () => void) => void,
): Promise<void> {
  await new Promise<void>((resolve) => {
    let timer = unref(setTimeout(done, HEARTBEAT));
    const off = memory.onEntry(heard);
    for (const signal of signals) listen(signal, done);
    onCancel(done);
    if (memory.last > place) heard();
    if (signals.some(isAborted)) done();

    function heard(): void {
      off();
      clearTimeout(timer);
      timer = unref(setTimeout(done, GATHERED));
    }
    function done(): void {
      off();
      clearTimeout(timer);
      for (const signal of signals) letGo(signal, done);
      resolve();
    }
  });
}

/** Unrefs a timer, because a reader must not keep the process alive. */
function unref<T>(timer: T): T {
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
