import type { AnyEvent } from '../core/types/event.ts';
import type { EventHandler } from '../core/types/handler.ts';
import { aFunction, anything, aString, checkOptions } from '../core/words/options.ts';

/** The options of `echo`. */
export interface EchoOptions<P extends string | readonly string[] = string | readonly string[]> {
  /** The events that it prints. Default: all. */
  events?: P | undefined;
  /** Unique in a bus. Default: `'echo'`. */
  name?: string | undefined;
  /** What takes a line. Default: `console.log`. */
  print?: ((line: string, event: AnyEvent) => void) | undefined;
}

/**
 * A handler that prints each event on a line, its payload included: to see what happens, in development. It only
 * watches: an event that nothing else takes still counts as unhandled.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { echo } from 'trpc-events';
 *
 * const bus = e.bus({ handlers: [eventRouter, echo({ events: 'order.*' })] });
 * ```
 */
export function echo<const P extends string | readonly string[] = '*'>(
  options: EchoOptions<P> = {},
): EventHandler<NoInfer<P>> {
  checkOptions('echo', options, { events: anything, name: aString, print: aFunction });
  // oxlint-disable-next-line no-console -- printing is what it is for
  const { name = 'echo', print = (line: string) => console.log(line) } = options;
  return {
    name,
    passive: true,
    ...(options.events === undefined ? {} : { events: options.events }),
    handle(event) {
      print(lineOf(event), event);
    },
  };
}

function lineOf({ time, name, id, payload, causationId }: AnyEvent): string {
  const cause = causationId === undefined ? '' : ` ← ${causationId}`;
  return `${time.toISOString()} ${name} ${id}${cause} ${toText(payload)}`.trimEnd();
}

function toText(payload: unknown): string {
  if (payload === undefined) return '';
  let text: string | undefined;
  try {
    text = JSON.stringify(payload, (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
  } catch {
    // A `toJSON` that throws.
  }
  return text ?? '(a payload that JSON cannot say)';
}
