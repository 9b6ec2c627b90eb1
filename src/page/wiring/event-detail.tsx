import type { EventDescription, ListenerDescription } from '../../core/types/describe.ts';
import { duration, visible } from '../../story/format.ts';
import { Facts } from '../parts/facts.tsx';
import { Mark } from '../parts/mark.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { PayloadTree } from '../detail/payload-tree.tsx';
import type { Value } from '../detail/value.ts';
import { go } from '../state/choice.ts';
import { address } from '../state/address.ts';
import { wiring } from '../state/wiring.ts';
import { seenEvent, seenListener } from './seen.ts';
import * as styles from './wiring.module.css';

/** An event: its schema, whether it can travel, and its listeners. */
export function EventDetail({ event, bus }: { event: EventDescription; bus: number }) {
  const { value } = wiring;
  const described =
    value.kind === 'known' ? value.buses.find(({ number }) => number === bus)?.description : undefined;
  const listeners = (described?.listeners ?? []).filter(({ events }) => events.includes(event.name));
  return (
    <>
      <div class={styles.eventHead}>
        <Mark of={event.takenBy.length === 0 ? 'unhandled' : 'event'} />
        <h2 class="mono">{visible(event.name)}</h2>
      </div>
      <Tabs
        id="pane-detail"
        of={event.name}
        tabs={[
          { name: 'Schema', show: () => <Schema event={event} /> },
          { name: 'Listeners', show: () => <Listeners listeners={listeners} /> },
        ]}
      />
      <div class={styles.actions}>
        <button
          type="button"
          class="button"
          onClick={() => {
            address.filter.value = event.name;
            go('calls');
          }}
        >
          Show its calls
        </button>
        <button type="button" class="button" onClick={() => go('publish')}>
          Publish
        </button>
      </div>
    </>
  );
}

function Schema({ event }: { event: EventDescription }) {
  const { count } = seenEvent(event.name);
  return (
    <>
      <Facts
        facts={[
          ['vendor', event.vendor],
          ['travels', event.travels ? 'yes' : 'no: no message can hold its payload'],
          event.optional && ['payload', 'may be left out'],
          ['seen', count.toLocaleString('en')],
        ]}
      />
      {event.schema === undefined ? (
        <p class={styles.none}>No JSON Schema: {event.reason ?? 'nobody says why.'}</p>
      ) : (
        <PayloadTree key={event.name} value={event.schema as Value} label="Schema" />
      )}
    </>
  );
}

function Listeners({ listeners }: { listeners: readonly ListenerDescription[] }) {
  if (listeners.length === 0) return <p class={styles.none}>Nobody takes it.</p>;
  return (
    <ul>
      {listeners.map((it) => {
        const { count, failed, median } = seenListener(it.name);
        return (
          <li key={it.name} class={styles.about}>
            <h3 class={`mono ${styles.listenerName}`} data-derived={!it.isNamed}>
              {visible(it.name)}
            </h3>
            <Facts
              facts={[
                ['kind', it.passive ? `${it.kind} that only watches` : it.kind],
                ['patterns', <span class="mono">{visible(it.patterns.join(', '))}</span>],
                it.retry && ['retry', retryOf(it.retry)],
                it.timeout !== undefined && ['timeout', duration(it.timeout)],
                it.concurrency !== undefined && ['concurrency', String(it.concurrency)],
                it.local !== undefined && ['local', String(it.local)],
                !it.isNamed && ['name', 'derived: it was not given'],
                [
                  'seen',
                  `${count.toLocaleString('en')}${failed > 0 ? `, ${failed.toLocaleString('en')} failed` : ''}`,
                ],
                median !== undefined && ['median', duration(median)],
              ]}
            />
          </li>
        );
      })}
    </ul>
  );
}

function retryOf({
  attempts,
  minDelay,
  maxDelay,
  factor,
}: NonNullable<ListenerDescription['retry']>): string {
  const growing = factor === 1 ? '' : `, ${factor} times longer each, at most ${duration(maxDelay ?? 0)}`;
  return `${attempts} attempts, waits of ${duration(minDelay ?? 0)}${growing}`;
}
