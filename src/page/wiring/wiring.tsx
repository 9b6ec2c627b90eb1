import { visible } from '../../story/format.ts';
import { useSignalEffect } from '../live.ts';
import { address } from '../state/address.ts';
import { panes } from '../state/choice.ts';
import { buses, busEvents, loadWiring, wiring } from '../state/wiring.ts';
import { BusWiring } from './bus-wiring.tsx';
import { EventDetail } from './event-detail.tsx';

/** The wiring: the events of each bus, and who takes them. */
export function Wiring() {
  useSignalEffect(loadWiring);
  const { value: known, problem } = wiring.value;
  if (problem !== undefined) return <p class="note">The wiring could not be read: {visible(problem)}</p>;
  if (known === undefined) return <div aria-busy />;
  const chosen = busEvents.value.find(({ event }) => event.name === address.event.value);
  return (
    <div class="panes">
      <div class="scroller">
        {buses.value.length === 0 && <p class="note">No bus has this inspector among its observers.</p>}
        {buses.value.map((bus) => (
          <BusWiring key={bus.number} bus={bus} isOne={buses.value.length === 1} />
        ))}
      </div>
      {panes.value > 1 && (
        <section class="pane detail" aria-label="Detail">
          {chosen === undefined ? <p class="note">Choose an event.</p> : <EventDetail {...chosen} />}
        </section>
      )}
    </div>
  );
}
