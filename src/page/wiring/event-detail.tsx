import type { EventDescription, ListenerDescription } from '../../core/types/describe.ts';
import { duration, visible } from '../../story/format.ts';
import type { Value } from '../../story/value.ts';
import { PayloadTree } from '../detail/payload-tree.tsx';
import { Facts } from '../parts/facts.tsx';
import { Mark } from '../parts/mark.tsx';
import { Mono } from '../parts/mono.tsx';
import { TabbedPane } from '../parts/tabs.tsx';
import { address } from '../state/address.ts';
import { go } from '../state/choice.ts';
import type { DescribedBus } from '../state/wiring.ts';
import { ListenerName } from './listener-name.tsx';
import { seenEvent, seenListener } from './seen.ts';
import * as styles from './wiring.module.css';

/** An event: its schema, whether it can travel, and its listeners. */
export function EventDetail({ event, bus }: { event: EventDescription; bus: DescribedBus }) {
  const { name, takenBy } = event;
  const showCalls = () => {
    address.filter.value = name;
    go('calls');
  };
  return (
    <>
      <div class="head">
        <Mark of={takenBy.length === 0 ? 'unhandled' : 'event'} />
        <h2 class="mono">{visible(name)}</h2>
      </div>
      <TabbedPane
        of={name}
        tabs={{
          Schema: () => <Schema event={event} />,
          Listeners: () => (
            <Listeners of={bus.description!.listeners.filter(({ events }) => events.includes(name))} />
          ),
        }}
      />
      <div class="actions">
        <button class="button" onClick={showCalls}>
          Show its calls
        </button>
        <button class="button" onClick={() => go('publish')}>
          Publish
        </button>
      </div>
    </>
  );
}

function Schema({ event }: { event: EventDescription }) {
  const { name, vendor, travels, optional, schema, reason = 'nobody says why.' } = event;
  return (
    <>
      <Facts
        of={{
          vendor,
          travels: travels ? 'yes' : 'no: no message can hold its payload',
          payload: optional && 'may be left out',
          seen: seenEvent(name).toLocaleString('en'),
        }}
      />
      {schema === undefined ? (
        <p class="note">No JSON Schema: {reason}</p>
      ) : (
        <PayloadTree key={name} value={schema as Value} label="Schema" />
      )}
    </>
  );
}

function Listeners({ of }: { of: readonly ListenerDescription[] }) {
  if (of.length === 0) return <p class="note">Nobody takes it.</p>;
  return (
    <ul>
      {of.map((it) => {
        const { name, isNamed, kind, passive, patterns, retry, timeout, concurrency, local } = it;
        const { count, failed, median } = seenListener(name);
        return (
          <li key={name} class={styles.about}>
            <h3>
              <ListenerName of={it} />
            </h3>
            <Facts
              of={{
                kind: passive ? `${kind} that only watches` : kind,
                patterns: <Mono of={patterns.join(', ')} />,
                retry: retry && retryOf(retry),
                timeout: timeout !== undefined && duration(timeout),
                concurrency,
                local: local !== undefined && String(local),
                name: !isNamed && `derived: ${retry ? 'give it a name' : 'it was not given'}`,
                seen: `${count.toLocaleString('en')}${failed > 0 ? `, ${failed.toLocaleString('en')} failed` : ''}`,
                median: median !== undefined && duration(median),
              }}
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
