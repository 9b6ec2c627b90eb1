import { createRef } from 'preact';
import type { BusDescription } from '../../core/types/describe.ts';
import { useOnce, useSignal, useSignalEffect } from '../live.ts';
import { address } from '../state/address.ts';
import type { DescribedBus } from '../state/wiring.ts';
import * as styles from './wiring.module.css';

export const eventId = ({ number }: DescribedBus, name: string): string => `event-${number}-${name}`;
export const listenerId = ({ number }: DescribedBus, name: string): string => `listener-${number}-${name}`;

/** The lines from events to who takes them. If an event is chosen, only its own lines stay. */
export function Lines({ bus, description }: { bus: DescribedBus; description: BusDescription }) {
  const svg = useOnce(createRef<SVGSVGElement>);
  /** Counts how often the rows have moved. */
  const moved = useSignal(0);
  useSignalEffect(() => {
    const observer = new ResizeObserver(() => moved.value++);
    observer.observe(svg.current!);
    return () => observer.disconnect();
  });
  void moved.value;
  const box = svg.current?.getBoundingClientRect();
  const middle = (id: string) => {
    const row = document.getElementById(id)?.getBoundingClientRect();
    return row && box && row.top + row.height / 2 - box.top;
  };
  const lines = description.events.flatMap(({ name, takenBy }) =>
    takenBy.map((listener) => ({
      name,
      listener,
      from: middle(eventId(bus, name)),
      to: middle(listenerId(bus, listener)),
    })),
  );
  const { value: chosen } = address.event;
  const hasChosen = description.events.some(({ name }) => name === chosen);
  const { width: w = 0 } = box ?? {};
  return (
    <svg ref={svg} class={styles.lines} aria-hidden>
      {lines.map(
        ({ name, listener, from, to }) =>
          from !== undefined &&
          to !== undefined &&
          (!hasChosen || name === chosen) && (
            <path
              key={`${name} ${listener}`}
              d={`M0 ${from}C${w / 2} ${from} ${w / 2} ${to} ${w} ${to}`}
              data-chosen={hasChosen}
            />
          ),
      )}
    </svg>
  );
}
