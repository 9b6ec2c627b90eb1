import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { BusDescription, EventDescription, ListenerDescription } from '../../core/types/describe.ts';
import { duration, visible } from '../../story/format.ts';
import { moveIn } from '../keys/move.ts';
import { Mark } from '../parts/mark.tsx';
import { address } from '../state/address.ts';
import { panes } from '../state/room.ts';
import type { DescribedBus } from '../state/wiring.ts';
import { EventDetail } from './event-detail.tsx';
import { saveAsyncApi } from './save.ts';
import { seenEvent, seenListener } from './seen.ts';
import * as styles from './wiring.module.css';

/** With more events than these there are no lines, and the lists filter each other. */
const MOST_LINES = 60;

export function BusWiring({ bus, isOne }: { bus: DescribedBus; isOne: boolean }) {
  const { number, description, error } = bus;
  return (
    <section aria-label={`Bus ${number}`}>
      <div class={styles.busHead}>
        <h2>{isOne ? 'Events and who takes them' : `Bus ${number}`}</h2>
        {description && (
          <button type="button" class="button" onClick={() => void saveAsyncApi(number)}>
            Save the AsyncAPI document
          </button>
        )}
      </div>
      {description === undefined ? (
        <p class={styles.none}>The wiring could not be read: {visible(error ?? '')}</p>
      ) : description.events.length === 0 ? (
        <p class={styles.none}>The catalog has no events.</p>
      ) : (
        <Lists bus={number} description={description} />
      )}
    </section>
  );
}

function Lists({ bus, description }: { bus: number; description: BusDescription }) {
  const chosenListener = useSignal('');
  /** Without a pane for it, an event opens to what is known of it. */
  const isAlone = panes.value === 1;
  const name = address.event.value;
  const hasLines = description.events.length <= MOST_LINES && !isAlone;
  const chosen = description.events.find((event) => event.name === name);
  const listener = description.listeners.find((it) => it.name === chosenListener.value);
  const filters = description.events.length > MOST_LINES;

  const events =
    filters && listener
      ? description.events.filter((event) => listener.events.includes(event.name))
      : description.events;
  const listeners =
    filters && chosen
      ? description.listeners.filter((it) => it.events.includes(chosen.name))
      : description.listeners;
  const unhandled = events.filter(({ takenBy }) => takenBy.length === 0);
  const taken = events.filter(({ takenBy }) => takenBy.length > 0);
  const ordered = [...unhandled, ...taken];

  const choose = (event: string) => (address.event.value = address.event.peek() === event ? '' : event);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = ordered.findIndex((it) => it.name === address.event.peek());
    const next = moveIn(event, at, ordered.length, 10);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    address.event.value = ordered[next]!.name;
    document.getElementById(eventId(bus, ordered[next]!.name))?.scrollIntoView({ block: 'nearest' });
  };
  const row = (event: EventDescription) => (
    <EventRow
      key={event.name}
      bus={bus}
      event={event}
      isChosen={event.name === name}
      onChoose={() => choose(event.name)}
    />
  );
  return (
    <div class={styles.lists} data-lines={hasLines}>
      <div
        class={styles.events}
        role={isAlone ? 'group' : 'listbox'}
        aria-label="Events"
        tabIndex={isAlone ? undefined : 0}
        aria-activedescendant={isAlone ? undefined : chosen && eventId(bus, chosen.name)}
        onKeyDown={onKeyDown}
      >
        {unhandled.length > 0 && (
          <div class={styles.unhandled} role="group" aria-label="Nobody takes these">
            <p class={styles.group} aria-hidden>
              nobody takes these
            </p>
            {unhandled.map(row)}
          </div>
        )}
        {taken.map(row)}
      </div>
      {hasLines && <Lines bus={bus} description={description} chosen={name} />}
      {!isAlone && (
        <ul class={styles.listeners} aria-label="Listeners and forwarders">
          {filters && (chosen || listener) && (
            <li class={styles.clear}>
              <button
                type="button"
                class="link"
                onClick={() => {
                  address.event.value = '';
                  chosenListener.value = '';
                }}
              >
                Show all
              </button>
            </li>
          )}
          {listeners.map((it) => (
            <ListenerRow
              key={it.name}
              bus={bus}
              listener={it}
              isFaint={chosen !== undefined && !it.events.includes(chosen.name)}
              {...(filters && {
                onChoose: () => (chosenListener.value = chosenListener.peek() === it.name ? '' : it.name),
              })}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

const eventId = (bus: number, name: string) => `event-${bus}-${name}`;
const listenerId = (bus: number, name: string) => `listener-${bus}-${name}`;

function EventRow({
  bus,
  event,
  isChosen,
  onChoose,
}: {
  bus: number;
  event: EventDescription;
  isChosen: boolean;
  onChoose: () => void;
}) {
  const { count } = seenEvent(event.name);
  const isAlone = panes.value === 1;
  const role = isAlone
    ? { role: 'button' as const, tabIndex: 0, 'aria-expanded': isChosen }
    : { role: 'option' as const, 'aria-selected': isChosen };
  return (
    <>
      <div
        id={eventId(bus, event.name)}
        class={styles.event}
        {...role}
        onClick={onChoose}
        onKeyDown={(event) => {
          if (isAlone && event.key === 'Enter') onChoose();
        }}
      >
        <Mark of={event.takenBy.length === 0 ? 'unhandled' : 'event'} />
        <span class="mono">{visible(event.name)}</span>
        <span class={styles.number}>{count === 0 ? '' : count.toLocaleString('en')}</span>
      </div>
      {isChosen && isAlone && (
        <div class={styles.below}>
          <EventDetail event={event} bus={bus} />
        </div>
      )}
    </>
  );
}

function ListenerRow({
  bus,
  listener,
  isFaint,
  onChoose,
}: {
  bus: number;
  listener: ListenerDescription;
  isFaint: boolean;
  onChoose?: () => void;
}) {
  const { failed, median } = seenListener(listener.name);
  const name = (
    <span class={`mono ${styles.listenerName}`} data-derived={!listener.isNamed}>
      {listener.kind === 'forwarder' && '→ '}
      {visible(listener.name)}
    </span>
  );
  return (
    <li id={listenerId(bus, listener.name)} class={styles.listener} data-faint={isFaint}>
      {onChoose === undefined ? (
        name
      ) : (
        <button type="button" class={styles.choose} onClick={onChoose}>
          {name}
        </button>
      )}
      <span class={`mono ${styles.patterns}`}>{visible(listener.patterns.join(', '))}</span>
      <span class={styles.number}>
        {failed > 0 && <span class="tone-red">{failed.toLocaleString('en')} failed </span>}
        {listener.local === undefined
          ? median === undefined
            ? ''
            : duration(median)
          : `local: ${listener.local}`}
      </span>
    </li>
  );
}

/** The lines from events to who takes them. Of a chosen event, its own alone stay. */
function Lines({ bus, description, chosen }: { bus: number; description: BusDescription; chosen: string }) {
  const svg = useRef<SVGSVGElement>(null);
  const paths = useSignal<
    readonly { readonly key: string; readonly d: string; readonly isChosen: boolean }[]
  >([]);
  useLayoutEffect(() => {
    const draw = () => {
      const box = svg.current!.getBoundingClientRect();
      const middle = (id: string) => {
        const row = document.getElementById(id)?.getBoundingClientRect();
        return row && row.top + row.height / 2 - box.top;
      };
      const lines = description.events.flatMap((event) =>
        event.takenBy.flatMap((name) => {
          const from = middle(eventId(bus, event.name));
          const to = middle(listenerId(bus, name));
          if (from === undefined || to === undefined) return [];
          const w = box.width;
          const d = `M0 ${from}C${w / 2} ${from} ${w / 2} ${to} ${w} ${to}`;
          return [{ key: `${event.name} ${name}`, d, isChosen: event.name === chosen }];
        }),
      );
      paths.value = lines.filter(
        ({ isChosen }) =>
          chosen === '' || isChosen || !description.events.some(({ name }) => name === chosen),
      );
    };
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(svg.current!);
    return () => observer.disconnect();
  }, [bus, description, chosen, paths]);
  return (
    <svg ref={svg} class={styles.lines} aria-hidden>
      {paths.value.map(({ key, d, isChosen }) => (
        <path key={key} d={d} data-chosen={isChosen} />
      ))}
    </svg>
  );
}
