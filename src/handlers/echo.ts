import type { AnyEvent } from '../core/types/event.ts';
import type { EventHandler } from '../core/types/handler.ts';
import { aFunction, anything, aString, readOptions } from '../core/words/options.ts';

/** Options of `echo`. */
export interface EchoOptions<P extends string | readonly string[] = string | readonly string[]> {
  /** Patterns of the events to print. Default: all. */
  events?: P | undefined;
  /** Name of the handler, unique in its bus. Default: `'echo'`. */
  name?: string | undefined;
  /** Called with each line and its event. Default: `console.log`. */
  print?: ((line: string, event: AnyEvent) => void) | undefined;
}

/**
 * Makes a handler for development that prints each event, with its payload, on one line. The handler only watches: an
 * event that no other handler takes still counts as unhandled.
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
  options?: EchoOptions<P>,
): EventHandler<NoInfer<P>> {
  const given = readOptions('echo', options, { events: anything, name: aString, print: aFunction });
  // oxlint-disable-next-line no-console -- printing is the purpose of echo
  const { name = 'echo', print = (line: string) => console.log(line) } = given;
  return {
    name,
    passive: true,
    ...(given.events === undefined ? {} : { events: given.events }),
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
    // The `toJSON` of a value may throw.
  }
  return text ?? '(a payload that JSON cannot say)';
}
