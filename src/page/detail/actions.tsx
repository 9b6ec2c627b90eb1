import { describeRow, rowsOf, type Call, type Row } from '../../story/index.ts';
import { visible } from '../../story/format.ts';
import { useSignal, useSignalEffect } from '../live.ts';
import { BusChoice, chosenBus } from '../parts/bus-choice.tsx';
import { Copy } from '../parts/copy.tsx';
import { Link } from '../parts/link.tsx';
import { redeliver, redelivered } from '../state/actions.ts';
import { status } from '../state/connection.ts';
import { payloadOf, reloadPayload } from '../state/payload.ts';
import { buses, loadWiring } from '../state/wiring.ts';
import * as styles from './detail.module.css';

/** The actions on the chosen row. */
export function Actions({ row }: { row: Row }) {
  if (row.kind === 'call')
    return (
      <div class="actions">
        <CopyAsJson text={() => asJson(row.call)} />
      </div>
    );
  const { id, about } = row.kind === 'run' ? row.run.event : row.event;
  const { value } = payloadOf(id).value;
  return (
    <div class="actions">
      <CopyAsJson text={value && (() => value.json)} />
      <Copy
        label="Copy as bus.publish"
        text={value && (() => `await bus.publish(${JSON.stringify(about.name)}, ${value.code});`)}
      />
      {row.kind === 'run' && row.run.gaveUp !== undefined && (
        <Redeliver event={id} name={about.name} listener={row.run.listener} />
      )}
    </div>
  );
}

function CopyAsJson({ text }: { text: (() => string) | undefined }) {
  return <Copy label="Copy as JSON" text={text} title="c" aria-keyshortcuts="c" />;
}

/** Writes a call with all that came of it, as the timeline has it. */
function asJson(call: Call): string {
  const { id, type, kind, process, end } = call;
  const happened = rowsOf(call).map((row) => {
    const { name, words } = describeRow(row, Date.now());
    return `${'  '.repeat(row.depth)}${name}: ${words}`;
  });
  return JSON.stringify({ id, kind: type ?? kind, process, ...end, happened }, undefined, 2);
}

/** A button that runs only the failed listener again. It asks for confirmation once. */
function Redeliver({ event, name, listener }: { event: string; name: string; listener: string }) {
  const isAsked = useSignal(false);
  const bus = useSignal<string | undefined>(undefined);
  useSignalEffect(() => {
    redelivered.value = undefined;
    // An answer from before the listener gave up would say that nothing can be redelivered.
    reloadPayload(event);
    loadWiring();
  });
  const having = buses.value.filter(({ description }) =>
    description?.listeners.some((it) => it.name === listener && it.events.includes(name)),
  );
  const numbers = having.map(({ number }) => number);
  const missing = missingFor(event);
  // Without `createContext`, a listener that runs outside of its call gets an empty ctx.
  const hasNoCtx = having[0]?.description?.options.createContext === false;
  const plan = `Runs only ${visible(listener)}${hasNoCtx ? ', with an empty ctx: the bus has no createContext' : ''}.`;
  return (
    <>
      <button
        class="button"
        disabled={missing !== undefined}
        title="r"
        aria-keyshortcuts="r"
        onClick={() => {
          if (isAsked.value) void redeliver(event, listener, chosenBus(bus, numbers));
          isAsked.value = !isAsked.value;
        }}
      >
        {isAsked.value ? `Run ${visible(listener)} again?` : 'Redeliver'}
      </button>
      <BusChoice of={bus} numbers={numbers} />
      {isAsked.value && <Link onClick={() => (isAsked.value = false)}>No</Link>}
      <p class={styles.said} role="status">
        {redelivered.value ?? missing ?? plan}
      </p>
    </>
  );
}

/** Returns what a redelivery lacks, as words. */
function missingFor(event: string): string | undefined {
  if (status.value?.actions === false) return 'The option actions is false.';
  const { value, problem } = payloadOf(event).value;
  if (value?.canRedeliver) return undefined;
  return (value ?? problem) ? 'This event is no longer kept for redelivery.' : '';
}
