import {
  clockTime,
  describeRow,
  duration,
  keyOf,
  type Arrival,
  type Call,
  type Happening,
  type Send,
} from '../../story/index.ts';
import { CopyId } from '../parts/copy.tsx';
import { Facts } from '../parts/facts.tsx';
import { Link } from '../parts/link.tsx';
import { toneOf } from '../parts/mark.tsx';
import { Mono } from '../parts/mono.tsx';
import { address } from '../state/address.ts';
import { chooseRow } from '../state/choice.ts';
import { seconds } from '../state/clock.ts';
import { chosenRows } from '../timeline/chosen.ts';
import { PayloadTree } from './payload-tree.tsx';
import { readValue } from '../../story/value.ts';

/** The facts of a call, apart from its events. */
export function CallFacts({ call }: { call: Call }) {
  const { id, name, kind, type, from, to, answered, defer, process, batch, batchIndex = 0 } = call;
  return (
    <Facts
      of={{
        kind: type ?? kind,
        path: name && <Mono of={name} />,
        outcome: describeRow({ kind: 'call', depth: 0, call }, seconds.value).words,
        began: clockTime(from),
        took: to && duration(to - from),
        response: answered && `sent after ${duration(answered - from)}`,
        'defer strategy': defer && <Mono of={defer} />,
        process,
        'in its batch': batch && `number ${batchIndex + 1}`,
        id: <CopyId id={id} />,
      }}
    />
  );
}

/** The meta of an event, and its ids: each is a link or can be copied. */
export function EventFacts({ event }: { event: Happening }) {
  const { meta, correlationId, causationId, key, path, depth } = event.about;
  return (
    <>
      {meta !== undefined && <PayloadTree value={readValue(meta) ?? null} label="Meta" />}
      <Facts
        of={{
          dispatched: clockTime(event.at),
          event: <CopyId id={event.id} />,
          correlation: (
            <>
              <Link onClick={() => (address.filter.value = correlationId)}>show all</Link>{' '}
              <CopyId id={correlationId} />
            </>
          ),
          cause: causationId && <Cause id={causationId} />,
          key: key && <Mono of={key} />,
          path: path && <Mono of={path} />,
          trace: event.traceparent && <CopyId id={event.traceparent} />,
          depth: depth > 0 && depth,
          process: event.process,
        }}
      />
    </>
  );
}

/** The event that caused an event. It is a link if both are in the same timeline. */
function Cause({ id }: { id: string }) {
  const row = chosenRows.value.find((row) => row.kind === 'event' && row.event.id === id);
  if (row?.kind !== 'event') return <CopyId id={id} />;
  return (
    <Link onClick={() => chooseRow(keyOf(row))}>
      <Mono of={row.event.about.name} />
    </Link>
  );
}

/** The facts of an event's arrival from a queue. */
export function ArrivalFacts({ arrival, event }: { arrival: Arrival; event: Happening }) {
  const { at, destination, number, process } = arrival;
  return (
    <Facts
      of={{
        arrived: clockTime(at),
        from: destination && <Mono of={destination} />,
        delivery: `number ${number}`,
        process,
        after: event.at < at && duration(at - event.at),
      }}
    />
  );
}

/** The facts of sending an event to a queue. */
export function SendFacts({ send }: { send: Send }) {
  const { destination, listener, end, from, to } = send;
  const outcome = end.ok ? 'sent' : 'failed';
  return (
    <Facts
      of={{
        to: <Mono of={destination} />,
        forwarder: <Mono of={listener} />,
        outcome: <span class={toneOf(outcome)}>{outcome}</span>,
        began: clockTime(from),
        took: duration(to - from),
      }}
    />
  );
}
