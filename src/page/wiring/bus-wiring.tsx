import type { BusDescription, EventDescription, ListenerDescription } from '../../core/types/describe.ts';
import { duration, visible } from '../../story/format.ts';
import { onKey, reveal, steps } from '../keys/on-key.ts';
import { useSignal } from '../live.ts';
import { Link } from '../parts/link.tsx';
import { Mark } from '../parts/mark.tsx';
import { saveAsyncApi } from '../state/actions.ts';
import { address } from '../state/address.ts';
import { panes } from '../state/choice.ts';
import type { DescribedBus } from '../state/wiring.ts';
import { EventDetail } from './event-detail.tsx';
import { eventId, Lines, listenerId } from './lines.tsx';
import { ListenerName } from './listener-name.tsx';
import { seenEvent, seenListener } from './seen.ts';
import * as styles from './wiring.module.css';

/** The most events for which lines are drawn. With more, the lists filter each other instead. */
const MOST_LINES = 60;

export function BusWiring({ bus, isOne }: { bus: DescribedBus; isOne: boolean }) {
  const { number, description, error = '' } = bus;
  return (
    <section aria-label={`Bus ${number}`}>
      <div class="head">
        <h2>{isOne ? 'Events and who takes them' : `Bus ${number}`}</h2>
        {description && (
          <button class="button" onClick={() => saveAsyncApi(number)}>
            Save the AsyncAPI document
          </button>
        )}
      </div>
      {description === undefined ? (
        <p class="note">The wiring could not be read: {visible(error)}</p>
      ) : description.events.length === 0 ? (
        <p class="note">The catalog has no events.</p>
      ) : (
        <Lists bus={bus} description={description} />
      )}
    </section>
  );
}

function Lists({ bus, description }: { bus: DescribedBus; description: BusDescription }) {
  const chosenListener = useSignal('');
  /** True if there is no pane for the detail, so that an event shows it in the list. */
  const isAlone = panes.value === 1;
  const filters = description.events.length > MOST_LINES;
  const hasLines = !filters && !isAlone;
  const chosen = description.events.find(({ name }) => name === address.event.value);
  const listener = description.listeners.find(({ name }) => name === chosenListener.value);

  const isTakenBy = ({ name }: EventDescription, { events }: ListenerDescription) => events.includes(name);
  const events = description.events.filter((it) => !filters || !listener || isTakenBy(it, listener));
  const listeners = description.listeners.filter((it) => !filters || !chosen || isTakenBy(chosen, it));
  const unhandled = events.filter(({ takenBy }) => takenBy.length === 0);
  const ordered = [...unhandled, ...events.filter(({ takenBy }) => takenBy.length > 0)];

  const at = ordered.findIndex((it) => it === chosen);
  const go = (to: number) => {
    address.event.value = ordered[to]!.name;
    reveal(eventId(bus, ordered[to]!.name));
  };
  const row = (event: EventDescription) => (
    <EventRow key={event.name} bus={bus} event={event} isChosen={event === chosen} isAlone={isAlone} />
  );
  const ofList = isAlone
    ? { role: 'group' as const }
    : { role: 'listbox' as const, tabIndex: 0, 'aria-activedescendant': chosen && eventId(bus, chosen.name) };
  return (
    <div class={styles.lists} data-lines={hasLines}>
      <div
        class={`rows ${styles.events}`}
        aria-label="Events"
        {...ofList}
        onKeyDown={(event) => onKey(event, steps(at, ordered.length, go))}
      >
        {unhandled.length > 0 && (
          <div class={styles.unhandled} role="group" aria-label="Nobody takes these">
            <p class={styles.group} aria-hidden>
              nobody takes these
            </p>
            {unhandled.map(row)}
          </div>
        )}
        {ordered.slice(unhandled.length).map(row)}
      </div>
      {hasLines && <Lines bus={bus} description={description} />}
      {!isAlone && (
        <ul class={styles.listeners} aria-label="Listeners and forwarders">
          {filters && (chosen ?? listener) && (
            <li class={styles.listener}>
              <Link onClick={() => (address.event.value = chosenListener.value = '')}>Show all</Link>
            </li>
          )}
          {listeners.map((it) => (
            <ListenerRow
              key={it.name}
              bus={bus}
              listener={it}
              isFaint={chosen !== undefined && !isTakenBy(chosen, it)}
              onChoose={filters ? () => (chosenListener.value = it === listener ? '' : it.name) : undefined}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

interface EventRowProps {
  bus: DescribedBus;
  event: EventDescription;
  isChosen: boolean;
  isAlone: boolean;
}

function EventRow({ bus, event, isChosen, isAlone }: EventRowProps) {
  const { name, takenBy } = event;
  const count = seenEvent(name);
  const choose = () => (address.event.value = isChosen ? '' : name);
  const ofRow = isAlone
    ? { role: 'button' as const, tabIndex: 0, 'aria-expanded': isChosen }
    : { role: 'option' as const, 'aria-selected': isChosen };
  return (
    <>
      <div
        id={eventId(bus, name)}
        class={styles.event}
        {...ofRow}
        onClick={choose}
        onKeyDown={(event) => isAlone && onKey(event, { Enter: choose })}
      >
        <Mark of={takenBy.length === 0 ? 'unhandled' : 'event'} />
        <span class="mono cut">{visible(name)}</span>
        <span class="soft figure">{count > 0 && count.toLocaleString('en')}</span>
      </div>
      {isChosen && isAlone && (
        <div class={styles.below}>
          <EventDetail event={event} bus={bus} />
        </div>
      )}
    </>
  );
}

interface ListenerRowProps {
  bus: DescribedBus;
  listener: ListenerDescription;
  isFaint: boolean;
  onChoose: (() => void) | undefined;
}

function ListenerRow({ bus, listener, isFaint, onChoose }: ListenerRowProps) {
  const { name, patterns, local } = listener;
  const { failed, median } = seenListener(name);
  const shown = <ListenerName of={listener} />;
  return (
    <li id={listenerId(bus, name)} class={styles.listener} data-faint={isFaint}>
      {onChoose ? (
        <button class="cut" onClick={onChoose}>
          {shown}
        </button>
      ) : (
        shown
      )}
      <span class={`mono cut ${styles.patterns}`}>{visible(patterns.join(', '))}</span>
      <span class="soft figure">
        {failed > 0 && <span class="tone-red">{failed.toLocaleString('en')} failed </span>}
        {local !== undefined ? `local: ${local}` : median !== undefined && duration(median)}
      </span>
    </li>
  );
}
