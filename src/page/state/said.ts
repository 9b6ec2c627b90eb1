import { effect, signal } from '../signals.ts';
import { connection, WORDS } from './connection.ts';

/** The state of the connection for screen readers. It changes at most once every five seconds. */
export const said = signal('');
const LEAST = 5000;

export function followSaid(): void {
  let last = -LEAST;
  effect(() => {
    const words = WORDS[connection.value.kind];
    const say = () => {
      last = performance.now();
      said.value = words;
    };
    const timer = setTimeout(say, Math.max(0, last + LEAST - performance.now()));
    return () => clearTimeout(timer);
  });
}
