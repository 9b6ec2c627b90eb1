import { isAborted, letGo, listen } from '../../core/words/signals.ts';
import type { Status } from '../../story/entry.ts';
import type { InspectorState } from '../state.ts';

/** Entries are gathered for so long, in ms. */
const GATHERED = 100;
/** A stream without news says in this time, in ms, that it lives. */
const HEARTBEAT = 5000;
/** About how many characters go at once. */
const MOST_AT_ONCE = 256 * 1024;

/** Writes a status, the entries after a place, and then those to come: one line each. It takes as much as its reader does. */
export function entriesStream(
  state: InspectorState,
  after: string | undefined,
  isOnce: boolean,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  const { memory } = state;
  const encoder = new TextEncoder();
  let place = memory.placeOf(after);
  let said = '';
  let isFirst = true;
  let cancel = () => {};

  const statusLine = () => {
    const status = JSON.stringify(statusOf(state));
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
    // The last ones may be gone already.
    place = last;
    return lines;
  };

  const waits = () => !isOnce && !state.isEnding(signal);

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let lines = isFirst ? news() : '';
        isFirst = false;
        while (lines === '' && waits()) {
          await waitFor(state, place, signal, (stop) => (cancel = stop));
          lines = news() || (state.isEnding(signal) ? '' : '\n');
        }
        if (lines !== '') controller.enqueue(encoder.encode(lines));
        if (state.isEnding(signal) || (isOnce && place >= memory.last)) controller.close();
        else if (isOnce) isFirst = true;
      },
      cancel: () => cancel(),
    },
    { highWaterMark: 0 },
  );
}

export function statusOf({ memory, settings, processes }: InspectorState): Status {
  return {
    kind: 'status',
    run: memory.run,
    process: settings.process,
    calls: memory.calls,
    gone: memory.gone,
    cleared: memory.cleared,
    actions: settings.actions,
    processes: processes.list(),
  };
}

/** Waits for an entry and what comes shortly after it, for the heartbeat, or for the end. */
async function waitFor(
  { memory, ending }: InspectorState,
  place: number,
  signal: AbortSignal | undefined,
  onCancel: (stop: () => void) => void,
): Promise<void> {
  await new Promise<void>((resolve) => {
    let timer = unref(setTimeout(done, HEARTBEAT));
    const off = memory.onEntry(heard);
    listen(signal, done);
    listen(ending.signal, done);
    onCancel(done);
    if (memory.last > place) heard();
    if (isAborted(signal) || isAborted(ending.signal)) done();

    function heard(): void {
      off();
      clearTimeout(timer);
      timer = unref(setTimeout(done, GATHERED));
    }
    function done(): void {
      off();
      clearTimeout(timer);
      letGo(signal, done);
      letGo(ending.signal, done);
      resolve();
    }
  });
}

/** A reader keeps no process alive. */
function unref<T>(timer: T): T {
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
