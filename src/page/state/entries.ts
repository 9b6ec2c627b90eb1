import type { Entry, Status } from '../../story/index.ts';
import { ask } from './api.ts';

/** The silence after which a stream counts as broken, in ms. A live one writes at least every five seconds. */
const LONGEST_SILENCE = 15_000;

/** Reads the stream of entries, chunk by chunk, until it ends or fails. */
export async function* readEntries(
  after: string | undefined,
  stop: AbortSignal,
): AsyncGenerator<readonly (Entry | Status)[]> {
  const silent = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(), LONGEST_SILENCE);
  };
  heard();
  try {
    const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`;
    const response = await ask(`entries${query}`, { signal: AbortSignal.any([stop, silent.signal]) });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      heard();
      const lines = (rest + value).split('\n');
      rest = lines.pop()!;
      yield lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Entry | Status);
    }
  } finally {
    clearTimeout(timer);
  }
}
