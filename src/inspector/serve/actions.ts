import type { Delivery } from '../../core/types/delivery.ts';
import { EventsError } from '../../core/words/errors.ts';
import { eventKey } from '../memory/event-key.ts';
import type { InspectorState } from '../state.ts';
import { Secrets } from '../text/secrets.ts';
import { writeError } from '../text/write-error.ts';
import { json, Refusal } from './answers.ts';

type Body = Readonly<Record<string, unknown>>;
/** The answer to an action that takes longer, in ms, says that it goes on. */
const LONGEST = 2000;

/** Delivers an event that failed to the one listener that failed. */
export function redeliver(state: InspectorState, body: Body): Promise<Response> {
  const id = textIn(body, 'event');
  const listener = textIn(body, 'listener');
  if (!state.failed.has(id)) {
    const process = state.processes.ask({ event: id, listener });
    if (process !== undefined) return Promise.resolve(json({ event: id, isDone: false, process }, 202));
    throw new Refusal(404, 'This event is no longer kept: publish another one.');
  }
  const delivery = state.redeliver(id, listener);
  if (delivery === undefined) throw new Refusal(404, 'No bus has this listener any more.');
  return outcomeOf(state, delivery, id);
}

export function publish(state: InspectorState, body: Body): Promise<Response> {
  const name = textIn(body, 'event');
  const { payload, meta, key, bus: number } = body;
  const bus = state.buses.withEvent(name, typeof number === 'number' ? number : undefined);
  if (bus === undefined) throw new Refusal(404, 'No bus has an event of this name.');
  if (meta !== undefined && (typeof meta !== 'object' || meta === null)) {
    throw new Refusal(400, 'meta must be an object.');
  }
  const options = {
    ...(meta !== undefined && { meta }),
    ...(key !== undefined && { key: textIn(body, 'key') }),
  };
  return outcomeOf(state, bus.publish(name, payload, options));
}

export function clear({ memory, failed }: InspectorState): Response {
  memory.clear();
  failed.clear();
  return json({ cleared: true });
}

async function outcomeOf(
  state: InspectorState,
  delivery: Promise<Delivery>,
  redelivered?: string,
): Promise<Response> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, LONGEST, undefined)));
  try {
    const done = await Promise.race([delivery, late]);
    if (done === undefined) return json({ event: redelivered, isDone: false }, 202);
    const secrets = state.memory.rootOf(eventKey(done.event.id))?.secrets ?? new Secrets();
    const failures = done.failures.map(({ listener, error }) => ({
      listener,
      error: writeError(error.cause ?? error, secrets, state.settings.payloads),
    }));
    return json({ event: done.event.id, isDone: true, failures });
  } catch (error) {
    return refused(error);
  } finally {
    clearTimeout(timer);
    // Nobody waits for it any longer, and what failed is among the entries.
    delivery.catch(() => {});
  }
}

function refused(error: unknown): Response {
  const isOurs = error instanceof EventsError;
  const issues = isOurs
    ? error.issues?.map(({ message, path }) => ({ message, path: pathOf(path) }))
    : undefined;
  const message = isOurs ? error.message : 'The bus has refused it.';
  return json({ error: message, ...(isOurs && { code: error.code }), ...(issues && { issues }) }, 422);
}

function pathOf(path: readonly unknown[] | undefined): readonly string[] {
  return (path ?? []).map((part) =>
    String(typeof part === 'object' && part !== null && 'key' in part ? part.key : part),
  );
}

function textIn(body: Body, key: string): string {
  const value = body[key];
  if (typeof value !== 'string' || value === '')
    throw new Refusal(400, `${key} must be a text that is not empty.`);
  return value;
}
