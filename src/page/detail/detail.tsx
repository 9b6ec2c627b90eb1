import { describeRow, keyOf, type Happening, type Row } from '../../story/index.ts';
import { Mark } from '../parts/mark.tsx';
import { TabbedPane, type Tabs } from '../parts/tabs.tsx';
import { address } from '../state/address.ts';
import { seconds } from '../state/clock.ts';
import { chosenCall, chosenRow } from '../timeline/chosen.ts';
import { Actions } from './actions.tsx';
import { Attempts } from './attempts.tsx';
import { ArrivalFacts, CallFacts, EventFacts, SendFacts } from './about.tsx';
import { ErrorView } from './error.tsx';
import { HandledBy } from './handled-by.tsx';
import { PayloadView } from './payload.tsx';
import * as styles from './detail.module.css';

/** The facts of the chosen row. */
export function Detail() {
  const row = chosenRow.value;
  void chosenCall.value; // The call changes without another row being chosen.
  if (row === undefined)
    return <p class="note">{address.call.value === '' && 'What you choose is shown here.'}</p>;
  return (
    <>
      <Head row={row} />
      <TabbedPane tabs={tabsOf(row)} of={keyOf(row)} />
      <Actions key={keyOf(row)} row={row} />
    </>
  );
}

/** The head's words change with the time. The rest of the detail is not drawn again for that. */
function Head({ row }: { row: Row }) {
  const { mark, name, words } = describeRow(row, seconds.value);
  return (
    <>
      <div class="head">
        <Mark of={mark} />
        <h2 class="mono">{name}</h2>
      </div>
      <p class={styles.words}>{words}</p>
    </>
  );
}

function tabsOf(row: Row): Tabs {
  const error = errorOf(row);
  const tab: Tabs = error ? { Error: () => <ErrorView error={error} /> } : {};
  // An error comes first, unless the listener has succeeded since.
  const isPast = row.kind === 'run' && row.run.attempts.at(-1)?.end?.ok;
  return {
    ...(!isPast && tab),
    ...ownTabs(row),
    ...(row.kind !== 'call' && eventTabs(row.kind === 'run' ? row.run.event : row.event)),
    ...(row.kind === 'event' && { 'Handled by': () => <HandledBy event={row.event} /> }),
    ...tab,
  };
}

function ownTabs(row: Row): Tabs | undefined {
  switch (row.kind) {
    case 'call':
      return { Call: () => <CallFacts call={row.call} /> };
    case 'run':
      return { Attempts: () => <Attempts run={row.run} /> };
    case 'send':
      return { Queue: () => <SendFacts send={row.send} /> };
    case 'arrival':
      return { Queue: () => <ArrivalFacts arrival={row.arrival} event={row.event} /> };
    default:
      return undefined;
  }
}

function eventTabs(event: Happening): Tabs {
  return {
    Payload: () => <PayloadView event={event.id} />,
    'Meta and ids': () => <EventFacts event={event} />,
  };
}

function errorOf(row: Row) {
  switch (row.kind) {
    case 'call':
      return row.call.end?.error ?? row.call.reports[0]?.error;
    case 'event':
      return row.event.reports[0]?.error;
    case 'run':
      return row.run.gaveUp?.error ?? row.run.attempts.findLast(({ end }) => end?.error)?.end?.error;
    case 'send':
      return row.send.end.error;
    case 'report':
      return row.report.error;
    default:
      return undefined;
  }
}
