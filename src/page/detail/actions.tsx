import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { visible } from '../../story/format.ts';
import type { Row } from '../../story/index.ts';
import { BusChoice, chosenBus } from '../parts/bus-choice.tsx';
import { copy } from '../parts/copy.ts';
import { status } from '../state/connection.ts';
import { payloadOf, reloadPayload } from '../state/payload.ts';
import { redeliver, redelivered } from '../state/redeliver.ts';
import { loadWiring, wiring } from '../state/wiring.ts';
import { rowCommands } from '../keys/commands.ts';
import { asJson, asPublish } from './as-code.ts';
import * as styles from './detail.module.css';

/** The actions on the chosen row. */
export function Actions({ row }: { row: Row }) {
  const event = eventOf(row);
  if (event === undefined) return null;
  return (
    <div class={styles.actions}>
      <Copies event={event.id} name={event.about.name} />
      {row.kind === 'run' && row.run.gaveUp !== undefined && (
        <Redeliver event={event.id} name={event.about.name} listener={row.run.listener} />
      )}
    </div>
  );
}

function eventOf(row: Row) {
  if (row.kind === 'call') return undefined;
  return row.kind === 'run' ? row.run.event : row.event;
}

function Copies({ event, name }: { event: string; name: string }) {
  const done = useSignal<'json' | 'publish' | undefined>(undefined);
  const { value: payload } = payloadOf(event);
  const copyAs = async (as: 'json' | 'publish') => {
    const { value: payload } = payloadOf(event);
    if (payload.kind !== 'known') return;
    const text = as === 'json' ? asJson(payload.value) : asPublish(name, payload.value);
    done.value = (await copy(text)) ? as : undefined;
    setTimeout(() => (done.value = undefined), 1500);
  };
  useEffect(() => {
    rowCommands.copy = () => void copyAs('json');
    return () => delete rowCommands.copy;
  });
  return (
    <>
      <button
        type="button"
        class="button"
        disabled={payload.kind !== 'known'}
        title="c"
        onClick={() => void copyAs('json')}
      >
        {done.value === 'json' ? 'Copied' : 'Copy as JSON'}
      </button>
      <button
        type="button"
        class="button"
        disabled={payload.kind !== 'known'}
        onClick={() => void copyAs('publish')}
      >
        {done.value === 'publish' ? 'Copied' : 'Copy as bus.publish'}
      </button>
    </>
  );
}

/** Runs the one listener again. It asks once. */
function Redeliver({ event, name, listener }: { event: string; name: string; listener: string }) {
  const isAsked = useSignal(false);
  const bus = useSignal<number | undefined>(undefined);
  const buses = busesWith(listener, name);
  const numbers = buses.map(({ number }) => number);
  const { value: payload } = payloadOf(event);
  useEffect(() => {
    redelivered.value = undefined;
    // Before the listener gave up, there was nothing to redeliver.
    reloadPayload(event);
    void loadWiring();
  }, [event, listener]);
  const missing = missingFor(payload);
  // Without `createContext`, a listener that runs outside of its call gets an empty ctx.
  const plan = `Runs only ${visible(listener)}${buses[0]?.description?.options.createContext === false ? ', with an empty ctx: the bus has no createContext' : ''}.`;
  const press = () => {
    if (missing !== undefined) return;
    if (isAsked.peek()) void redeliver({ event, listener, ...chosenBus(bus, numbers) });
    isAsked.value = !isAsked.peek();
  };
  useEffect(() => {
    rowCommands.redeliver = press;
    return () => delete rowCommands.redeliver;
  });
  return (
    <>
      <button type="button" class="button" disabled={missing !== undefined} title="r" onClick={press}>
        {isAsked.value ? `Run ${visible(listener)} again?` : 'Redeliver'}
      </button>
      <BusChoice of={bus} numbers={numbers} />
      {isAsked.value && (
        <button type="button" class="link" onClick={() => (isAsked.value = false)}>
          No
        </button>
      )}
      <p role="status">{redelivered.value ?? missing ?? plan}</p>
    </>
  );
}

/** Returns what a redelivery lacks, as words. */
function missingFor(payload: ReturnType<typeof payloadOf>['value']): string | undefined {
  if (status.value?.actions === false) return 'The option actions is false.';
  if (payload.kind === 'loading') return '';
  if (payload.kind === 'missing' || !payload.canRedeliver)
    return 'This event is no longer kept for redelivery.';
  return undefined;
}

function busesWith(listener: string, event: string) {
  const { value } = wiring;
  const buses = value.kind === 'known' ? value.buses : [];
  return buses.filter(({ description }) =>
    description?.listeners.some(({ name, events }) => name === listener && events.includes(event)),
  );
}
