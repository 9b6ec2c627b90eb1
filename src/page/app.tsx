import { address } from './state/address.ts';
import { back, panes } from './state/choice.ts';
import { Detail } from './detail/detail.tsx';
import { FilterBar } from './filter-bar.tsx';
import { Header } from './header.tsx';
import { KeyTable } from './keys/key-table.tsx';
import { CallsList } from './list/calls-list.tsx';
import { Handle } from './list/handle.tsx';
import { Notices } from './notices.tsx';
import { Publish } from './publish/publish.tsx';
import { Timeline } from './timeline/timeline.tsx';
import { Wiring } from './wiring/wiring.tsx';
import * as styles from './app.module.css';

export function App() {
  const view = address.view.value;
  return (
    <>
      <Header />
      <Notices />
      <main class={styles.main}>
        {view === 'wiring' ? <Wiring /> : view === 'publish' ? <Publish /> : <Calls />}
      </main>
      <KeyTable />
    </>
  );
}

/** The list, the timeline and the detail: side by side as far as there is room. */
function Calls() {
  const room = panes.value;
  const pane = room === 3 ? '' : address.pane.value;
  const hasList = room === 3 || pane === '' || (room === 2 && pane === 'timeline');
  const hasDetail = room === 3 || pane === 'detail';
  const hasBack = pane === 'detail' || (room === 1 && pane !== '');
  return (
    <>
      {(room > 1 || pane === '') && <FilterBar />}
      <div class="panes" data-room={room}>
        <section class={`pane ${styles.list}`} aria-label="List of calls" hidden={!hasList}>
          <CallsList />
          {room > 1 && <Handle />}
        </section>
        <section
          class={`pane ${styles.timeline}`}
          aria-label="What came of the call"
          hidden={room === 1 && pane !== 'timeline'}
        >
          {hasBack && <Back to="Calls" />}
          <Timeline />
        </section>
        {hasDetail && (
          <section class="pane detail" aria-label="Detail">
            {room === 1 && <Back to="Timeline" />}
            <Detail />
          </section>
        )}
      </div>
    </>
  );
}

function Back({ to }: { to: string }) {
  return (
    <button class={styles.back} onClick={back}>
      <span aria-hidden>‹</span> {to}
    </button>
  );
}
