import type { Delivery } from '../../core/types/delivery.ts';
import { EventsError } from '../../core/words/errors.ts';
import type { InspectorState } from '../state.ts';
import { Secrets } from '../text/secrets.ts';
import { keysOf } from '../text/hide-issues.ts';
import { json, Refusal } from './answers.ts';

type Body = Readonly<Record<string, unknown>>;
/** The longest wait for an action, in ms. After that, the answer says that the action goes on. */
const LONGEST = 2000;

/** Delivers a failed event again, only to the listener that failed. */
export function redeliver(state: InspectorState, body: Body): Promise<Response> {
  const id = textIn(body, 'event');
  const listener = textIn(body, 'listener');
  const bus = busIn(body);
  if (!state.failed.has(id)) {
    const process = state.processes.ask({ event: id, listener, ...(bus !== undefined && { bus }) });
    if (process !== undefined) return Promise.resolve(json({ event: id, isDone: false, process }, 202));
    throw new Refusal(404, 'This event is no longer kept: publish another one.');
  }
  const delivery = state.redeliver(id, listener, bus);
  if (delivery === 'ambiguous')
    throw new Refusal(
      409,
      'Several buses have this listener: say which one by bus, its number in api/wiring.',
    );
  if (delivery === undefined) throw new Refusal(404, 'No bus has this listener any more.');
  return outcomeOf(state, delivery, id);
}

export function publish(state: InspectorState, body: Body): Promise<Response> {
  const name = textIn(body, 'event');
  const { payload, meta, key } = body;
  const bus = state.buses.withEvent(name, busIn(body));
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
    const secrets = state.memory.rootOfEvent(done.event.id)?.secrets ?? new Secrets();
    const failures = done.failures.map(({ listener, error }) => ({
      listener,
      error: state.writeError(error.cause ?? error, secrets),
    }));
    return json({ event: done.event.id, isDone: true, failures });
  } catch (error) {
    return refused(state, error);
  } finally {
    clearTimeout(timer);
    // Nobody waits for the delivery any longer, and its failures are among the entries.
    delivery.catch(() => {});
  }
}

function refused(state: InspectorState, error: unknown): Response {
  if (!(error instanceof EventsError)) return json({ error: 'The bus has refused it.' }, 422);
  const secrets = new Secrets();
  state.hideIssues(error, secrets);
  const issues = error.issues?.map(({ message, path }) => ({
    message: secrets.scrub(message),
    path: keysOf(path).map(String),
  }));
  return json({ error: secrets.scrub(error.message), code: error.code, ...(issues && { issues }) }, 422);
}

function busIn({ bus }: Body): number | undefined {
  return typeof bus === 'number' ? bus : undefined;
}

function textIn(body: Body, key: string): string {
  const value = body[key];
  if (typeof value !== 'string' || value === '')
    throw new Refusal(400, `${key} must be a text that is not empty.`);
  return value;
}
