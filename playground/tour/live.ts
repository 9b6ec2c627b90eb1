import type { AnyEvent, EventObserver } from '../../src/index.ts';
import { milliseconds, print, shortId, type Part } from './trace/text.ts';
import { dropped, origin } from './trace/words.ts';

/** Prints a line whenever something happens to an event. */
export const live: EventObserver = {
  name: 'live',
  dispatched(event, info) {
    say(event, ['dim', `from ${origin(info)}`]);
  },
  discarded(event, { reason }) {
    say(event, ['yellow', `dropped: ${dropped[reason]}`]);
  },
  unhandled(event) {
    say(event, ['yellow', 'nobody takes it']);
  },
  async wrapAttempt({ event, listener }, run) {
    const start = performance.now();
    const outcome = await run();
    const text: Part = outcome.ok ? ['green', `✓ ${listener}`] : ['red', `✗ ${listener}`];
    say(event, text, `${milliseconds(performance.now() - start)} ms`);
  },
};

function say(event: AnyEvent, text: Part, took = ''): void {
  const time = new Date().toISOString().slice(11, 23);
  const name = `${event.name.padEnd(17)} ${shortId(event.id)}  `;
  print([['dim', `${time}  `], name, text], [took]);
}
