import { useComputed, useSignal, useSignalEffect } from '../live.ts';
import { BusChoice, chosenBus } from '../parts/bus-choice.tsx';
import { address } from '../state/address.ts';
import { post, type Refused } from '../state/api.ts';
import { whenPublished } from '../state/calls.ts';
import { choose } from '../state/choice.ts';
import { status } from '../state/connection.ts';
import { busEvents, loadWiring } from '../state/wiring.ts';
import { Field, Said, type Problem } from './field.tsx';
import * as styles from './publish.module.css';

/** Publishes an event, and goes to what came of it. */
export function Publish() {
  const payload = useSignal('');
  const meta = useSignal('');
  const bus = useSignal<string | undefined>(undefined);
  const isSending = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  /** The sample that was filled in. It is replaced by that of another event, unless the reader has edited it. */
  const filled = useSignal('');
  /** The events of the name that was typed. Several buses may have one. */
  const named = useComputed(() => busEvents.value.filter(({ event }) => event.name === address.event.value));
  const chosen = useComputed(
    () => named.value.find((it) => String(it.bus.number) === bus.value) ?? named.value[0],
  );
  useSignalEffect(loadWiring);
  useSignalEffect(() => {
    if (chosen.value === undefined || payload.peek() !== filled.peek()) return;
    const { event, bus } = chosen.value;
    const sample = bus.samples?.[event.name];
    filled.value = sample === undefined ? '' : JSON.stringify(sample, undefined, 2);
    payload.value = filled.value;
    problem.value = undefined;
  });
  const numbers = named.value.map((it) => it.bus.number);

  const send = async (): Promise<Problem | undefined> => {
    const event = address.event.peek();
    if (event === '') return { at: 'event', words: 'Choose an event.' };
    const body: Record<string, unknown> = { event, bus: chosenBus(bus, numbers) };
    for (const [at, text] of [
      ['payload', payload.peek()],
      ['meta', meta.peek()],
    ] as const) {
      try {
        if (text.trim() !== '') body[at] = JSON.parse(text);
      } catch (error) {
        return { at, words: `This is no JSON: ${(error as Error).message}` };
      }
    }
    // The call is found in the stream, because the answer waits up to 2 s for all listeners to end.
    const end = whenPublished(event, choose);
    try {
      await post('publish', body);
      return undefined;
    } catch (error) {
      end();
      const { issues, message } = error as Refused;
      return issues
        ? { at: 'payload', words: 'The schema refuses this payload:', issues }
        : { at: 'all', words: message };
    }
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    problem.value = undefined;
    isSending.value = true;
    problem.value = await send();
    isSending.value = false;
  };

  if (status.value?.actions === false)
    return <p class="note">Nothing can be published here: the option actions is false.</p>;
  return (
    <form class={styles.form} aria-label="Publish" onSubmit={submit}>
      <Field name="event" label="Event" text={address.event} problem={problem.value} list="publish-events" />
      <datalist id="publish-events">
        {busEvents.value.map(({ bus, event }) => (
          <option key={`${bus.number} ${event.name}`} value={event.name} />
        ))}
      </datalist>
      <Field
        name="payload"
        label="Payload, as JSON"
        text={payload}
        problem={problem.value}
        rows={12}
        placeholder={chosen.value?.event.optional ? 'No payload.' : ''}
      />
      <Field
        name="meta"
        label="Meta, as JSON; may be left out"
        text={meta}
        problem={problem.value}
        rows={3}
      />
      <div>
        <button class="button" disabled={isSending.value}>
          Publish
        </button>{' '}
        <BusChoice of={bus} numbers={numbers} />
      </div>
      <Said at="all" problem={problem.value} />
    </form>
  );
}
