import { effect, signal } from '@preact/signals-core';
import { NO_ANSWER } from './api.ts';
import { connection } from './connection.ts';

/** The words on the connection for screen readers: at most once in five seconds. */
export const said = signal('');
const LEAST = 5000;

const SENTENCES = {
  connecting: 'Connecting.',
  live: 'Connected: the list is live.',
  paused: 'Paused.',
  noToken: 'No token.',
  broken: NO_ANSWER,
};

export function followSaid(): void {
  let last = -LEAST;
  effect(() => {
    const sentence = SENTENCES[connection.value.kind];
    const say = () => {
      last = performance.now();
      said.value = sentence;
    };
    const timer = setTimeout(say, Math.max(0, last + LEAST - performance.now()));
    return () => clearTimeout(timer);
  });
}
