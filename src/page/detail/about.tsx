import { visible } from '../../story/format.ts';
import {
  clockTime,
  describeRow,
  duration,
  keyOf,
  MARKS,
  type Call,
  type Happening,
  type Row,
} from '../../story/index.ts';
import { CopyId } from '../parts/copy-id.tsx';
import { Facts } from '../parts/facts.tsx';
import { address } from '../state/address.ts';
import { seconds } from '../state/clock.ts';
import { chooseRow } from '../state/choice.ts';
import { chosenRows } from '../timeline/chosen.ts';
import { PayloadTree } from './payload-tree.tsx';
import type { Value } from './value.ts';

/** The facts of a call, beside its events. */
export function CallFacts({ call }: { call: Call }) {
  const answered = call.answered;
  return (
    <Facts
      facts={[
        ['kind', call.type ?? call.kind],
        call.name !== '' && ['path', <span class="mono">{visible(call.name)}</span>],
        ['outcome', describeRow({ kind: 'call', depth: 0, call }, seconds.value).words],
        ['began', clockTime(call.from)],
        call.to !== undefined && ['took', duration(call.to - call.from)],
        answered !== undefined && ['response', `sent after ${duration(answered - call.from)}`],
        call.defer !== undefined && ['defer strategy', <span class="mono">{call.defer}</span>],
        ['process', call.process],
        call.batch !== undefined && ['in its batch', `number ${(call.batchIndex ?? 0) + 1}`],
        ['id', <CopyId id={call.id} />],
      ]}
    />
  );
}

/** The meta of an event, and its ids: each is a link or can be copied. */
export function EventFacts({ event }: { event: Happening }) {
  const { about } = event;
  const meta = about.meta === undefined ? undefined : readMeta(about.meta);
  return (
    <>
      {meta !== undefined && <PayloadTree value={meta} label="Meta" />}
      <Facts
        facts={[
          ['dispatched', clockTime(event.at)],
          ['event', <CopyId id={event.id} />],
          [
            'correlation',
            <>
              <button type="button" class="link" onClick={() => (address.filter.value = about.correlationId)}>
                show all
              </button>{' '}
              <CopyId id={about.correlationId} />
            </>,
          ],
          about.causationId !== undefined && ['cause', <Cause id={about.causationId} />],
          about.key !== undefined && ['key', <span class="mono">{visible(about.key)}</span>],
          about.path !== undefined && ['path', <span class="mono">{visible(about.path)}</span>],
          event.traceparent !== undefined && ['trace', <CopyId id={event.traceparent} />],
          about.depth > 0 && ['depth', String(about.depth)],
          ['process', event.process],
        ]}
      />
    </>
  );
}

/** The event that an event came of: a link, if it is in the same timeline. */
function Cause({ id }: { id: string }) {
  const row = chosenRows.value.find((row) => row.kind === 'event' && row.event.id === id);
  if (row?.kind !== 'event') return <CopyId id={id} />;
  return (
    <button type="button" class="link mono" onClick={() => chooseRow(keyOf(row))}>
      {visible(row.event.about.name)}
    </button>
  );
}

function readMeta(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

/** The facts of an event's way to a queue, or from one. */
export function SendFacts({ row }: { row: Extract<Row, { kind: 'send' | 'arrival' }> }) {
  if (row.kind === 'arrival') {
    const { arrival, event } = row;
    return (
      <Facts
        facts={[
          ['arrived', clockTime(arrival.at)],
          arrival.destination !== undefined && [
            'from',
            <span class="mono">{visible(arrival.destination)}</span>,
          ],
          ['delivery', `number ${arrival.number}`],
          ['process', arrival.process],
          event.at < arrival.at && ['after', duration(arrival.at - event.at)],
        ]}
      />
    );
  }
  const { send } = row;
  return (
    <Facts
      facts={[
        ['to', <span class="mono">{visible(send.destination)}</span>],
        ['forwarder', <span class="mono">{visible(send.listener)}</span>],
        [
          'outcome',
          <span class={`tone-${MARKS[send.end.ok ? 'sent' : 'failed'].tone}`}>
            {send.end.ok ? 'sent' : 'failed'}
          </span>,
        ],
        ['began', clockTime(send.from)],
        ['took', duration(send.to - send.from)],
      ]}
    />
  );
}
