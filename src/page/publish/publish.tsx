import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { visible } from '../../story/format.ts';
import { BusChoice, chosenBus } from '../parts/bus-choice.tsx';
import { address } from '../state/address.ts';
import { post, Refused } from '../state/api.ts';
import { whenPublished } from '../state/calls.ts';
import { choose } from '../state/choice.ts';
import { status } from '../state/connection.ts';
import { loadWiring, wiring } from '../state/wiring.ts';
import { sampleOf } from './sample.ts';
import * as styles from './publish.module.css';

interface Problem {
  readonly at: 'event' | 'payload' | 'meta' | 'all';
  readonly words: string;
  readonly issues?: readonly { readonly message: string; readonly path: readonly string[] }[];
}

/** Publishes an event, and goes to what came of it. */
export function Publish() {
  useEffect(() => void loadWiring(), []);
  const payload = useSignal('');
  const meta = useSignal('');
  const number = useSignal<number | undefined>(undefined);
  const isSending = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  /** The payload that was filled in, which gives way to that of another event. */
  const filled = useSignal('');

  const { value } = wiring;
  const buses = value.kind === 'known' ? value.buses : [];
  const options = buses.flatMap(({ number, description }) =>
    (description?.events ?? []).map((event) => ({ bus: number, event })),
  );
  const named = options.filter(({ event }) => event.name === address.event.value);
  const numbers = named.map(({ bus }) => bus);
  const chosen = named.find(({ bus }) => bus === number.value) ?? named[0];
  useEffect(() => {
    if (chosen === undefined || payload.peek() !== filled.peek()) return;
    const { schema, optional } = chosen.event;
    filled.value = optional || schema === undefined ? '' : JSON.stringify(sampleOf(schema), undefined, 2);
    payload.value = filled.value;
    problem.value = undefined;
  }, [chosen?.event.name, chosen?.bus, chosen, payload, filled, problem]);

  const send = async () => {
    problem.value = undefined;
    const event = address.event.peek();
    const body: Record<string, unknown> = { event, ...chosenBus(number, numbers) };
    if (event === '') return void (problem.value = { at: 'event', words: 'Choose an event.' });
    for (const [key, text] of [
      ['payload', payload.peek()],
      ['meta', meta.peek()],
    ] as const) {
      if (text.trim() === '') continue;
      try {
        body[key] = JSON.parse(text);
      } catch (error) {
        return void (problem.value = { at: key, words: `This is no JSON: ${(error as Error).message}` });
      }
    }
    isSending.value = true;
    // The answer comes when all listeners have ended.
    const end = whenPublished(event, (call) => choose(call));
    try {
      await post('publish', body);
    } catch (error) {
      end();
      problem.value = problemOf(error);
    }
    isSending.value = false;
  };

  const known = status.value;
  if (known?.actions === false)
    return <p class={styles.none}>Nothing can be published here: the option actions is false.</p>;
  const at = (key: Problem['at']) => (problem.value?.at === key ? problem.value : undefined);
  return (
    <form
      class={styles.form}
      aria-label="Publish"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div class={styles.field}>
        <label for="publish-event">Event</label>
        <input
          id="publish-event"
          list="publish-events"
          class="mono"
          autocomplete="off"
          spellcheck={false}
          aria-describedby="publish-event-problem"
          value={address.event.value}
          onInput={({ currentTarget }) => (address.event.value = currentTarget.value)}
        />
        <datalist id="publish-events">
          {options.map(({ bus, event }) => (
            <option key={`${bus} ${event.name}`} value={event.name} />
          ))}
        </datalist>
        <Said id="publish-event-problem" problem={at('event')} />
      </div>
      <div class={styles.field}>
        <label for="publish-payload">Payload, as JSON</label>
        <textarea
          id="publish-payload"
          rows={12}
          spellcheck={false}
          placeholder={chosen?.event.optional ? 'No payload.' : ''}
          aria-describedby="publish-payload-problem"
          aria-invalid={at('payload') !== undefined}
          value={payload.value}
          onInput={({ currentTarget }) => (payload.value = currentTarget.value)}
        />
        <Said id="publish-payload-problem" problem={at('payload')} />
      </div>
      <div class={styles.field}>
        <label for="publish-meta">Meta, as JSON; may be left out</label>
        <textarea
          id="publish-meta"
          rows={3}
          spellcheck={false}
          aria-describedby="publish-meta-problem"
          value={meta.value}
          onInput={({ currentTarget }) => (meta.value = currentTarget.value)}
        />
        <Said id="publish-meta-problem" problem={at('meta')} />
      </div>
      <div>
        <button type="submit" class="button" disabled={isSending.value}>
          Publish
        </button>{' '}
        <BusChoice of={number} numbers={numbers} />
      </div>
      <Said id="publish-problem" problem={at('all')} />
    </form>
  );
}

function problemOf(error: unknown): Problem {
  if (!(error instanceof Refused)) return { at: 'all', words: 'The server does not answer.' };
  const { issues } = error.body;
  if (issues !== undefined) return { at: 'payload', words: 'The schema refuses this payload:', issues };
  return { at: 'all', words: error.message };
}

/** The problem of a field, beside it. */
function Said({ id, problem }: { id: string; problem: Problem | undefined }) {
  return (
    <div id={id} class={styles.problem} role="status">
      {problem && <p>{visible(problem.words)}</p>}
      {problem?.issues && (
        <ul>
          {problem.issues.map(({ path, message }, i) => (
            <li key={i}>
              {path.length > 0 && <code>{visible(path.join('.'))}</code>} {visible(message)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
