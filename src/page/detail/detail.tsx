import { describeRow, keyOf, type Row } from '../../story/index.ts';
import { address } from '../state/address.ts';
import { seconds } from '../state/clock.ts';
import { chosenCall, chosenRow } from '../timeline/chosen.ts';
import { Mark } from '../parts/mark.tsx';
import { Tabs, type Tab } from '../parts/tabs.tsx';
import { Actions } from './actions.tsx';
import { Attempts } from './attempts.tsx';
import { CallFacts, EventFacts, SendFacts } from './about.tsx';
import { ErrorView } from './error.tsx';
import { HandledBy } from './handled-by.tsx';
import { PayloadView } from './payload.tsx';
import * as styles from './detail.module.css';

/** The facts of the chosen row. */
export function Detail() {
  const row = chosenRow.value;
  void chosenCall.value; // It changes without another row being chosen.
  if (row === undefined) {
    return <p class={styles.note}>{address.call.value === '' ? 'What you choose is shown here.' : ''}</p>;
  }
  return (
    <>
      <Head row={row} />
      <Tabs tabs={tabsOf(row)} of={keyOf(row)} id="pane-detail" />
      <Actions key={keyOf(row)} row={row} />
    </>
  );
}

/** The head's words change with the time. The rest of the detail is not drawn again for that. */
function Head({ row }: { row: Row }) {
  const { mark, name, words } = describeRow(row, seconds.value);
  return (
    <div class={styles.head}>
      <div class={styles.name}>
        <Mark of={mark} />
        <h2 class="mono">{name}</h2>
      </div>
      <p class={styles.words}>{words}</p>
    </div>
  );
}

function tabsOf(row: Row): readonly Tab[] {
  const error = errorOf(row);
  const first: Tab[] =
    error === undefined ? [] : [{ name: 'Error', show: () => <ErrorView error={error} /> }];
  const ofEvent = (event: Extract<Row, { kind: 'event' }>['event']): Tab[] => [
    { name: 'Payload', show: () => <PayloadView event={event.id} /> },
    { name: 'Meta and ids', show: () => <EventFacts event={event} /> },
  ];
  switch (row.kind) {
    case 'call':
      return [...first, { name: 'Call', show: () => <CallFacts call={row.call} /> }];
    case 'event':
      return [
        ...first,
        ...ofEvent(row.event),
        { name: 'Handled by', show: () => <HandledBy event={row.event} /> },
      ];
    case 'run':
      return [
        ...first,
        { name: 'Attempts', show: () => <Attempts run={row.run} now={seconds.value} /> },
        ...ofEvent(row.run.event),
      ];
    case 'report':
      return [...first, ...ofEvent(row.event)];
    default:
      return [...first, { name: 'Queue', show: () => <SendFacts row={row} /> }, ...ofEvent(row.event)];
  }
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
