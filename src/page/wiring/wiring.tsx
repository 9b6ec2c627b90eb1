import { useEffect } from 'preact/hooks';
import { visible } from '../../story/format.ts';
import { address } from '../state/address.ts';
import { loadWiring, wiring } from '../state/wiring.ts';
import { panes } from '../state/room.ts';
import { BusWiring } from './bus-wiring.tsx';
import { EventDetail } from './event-detail.tsx';
import * as styles from './wiring.module.css';

/** The wiring: the events of each bus, and who takes them. */
export function Wiring() {
  useEffect(() => void loadWiring(), []);
  const { value } = wiring;
  if (value.kind === 'loading') return <div class={styles.waiting} aria-busy />;
  if (value.kind === 'broken')
    return <p class={styles.none}>The wiring could not be read: {visible(value.words)}</p>;
  const all = value.buses.flatMap(({ number, description }) =>
    (description?.events ?? []).map((event) => ({ number, event })),
  );
  const chosen = all.find(({ event }) => event.name === address.event.value);
  return (
    <div class={styles.wiring}>
      <div class={styles.buses}>
        {value.buses.length === 0 && (
          <p class={styles.none}>No bus has this inspector among its observers.</p>
        )}
        {value.buses.map((bus) => (
          <BusWiring key={bus.number} bus={bus} isOne={value.buses.length === 1} />
        ))}
      </div>
      {panes.value > 1 && (
        <section class={styles.detail} aria-label="Detail">
          {chosen === undefined ? (
            <p class={styles.none}>Choose an event.</p>
          ) : (
            <EventDetail event={chosen.event} bus={chosen.number} />
          )}
        </section>
      )}
    </div>
  );
}
