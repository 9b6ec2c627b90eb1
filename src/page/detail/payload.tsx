import { readValue } from '../../story/value.ts';
import { Link } from '../parts/link.tsx';
import { payloadOf, reloadPayload } from '../state/payload.ts';
import { PayloadTree } from './payload-tree.tsx';
import { shapeOf } from './value.ts';

/** The payload of an event, which is asked for when it is shown. */
export function PayloadView({ event }: { event: string }) {
  const { value: known, problem } = payloadOf(event).value;
  if (known === undefined)
    return problem === undefined ? (
      <div class="grey" aria-busy />
    ) : (
      <div class="note">
        <p>{problem}</p>
        <Link onClick={() => reloadPayload(event)}>Ask again</Link>
      </div>
    );
  const value = readValue(known.payload) ?? null;
  const shape = shapeOf(value);
  if (shape.text === 'undefined') return <p class="note">No payload.</p>;
  if (shape.kind === 'note')
    return <p class="note">{shape.text === 'redacted' ? 'Redacted.' : shape.text}</p>;
  return (
    <>
      {known.isCut && <p class="note">Cut at 64 KiB{ofAll(shape.of)}.</p>}
      <PayloadTree key={event} value={value} label="Payload" />
    </>
  );
}

/** Says how long the whole payload is, which is known only if it is one long text. */
function ofAll(bytes: number | undefined): string {
  return bytes === undefined ? '' : ` of ${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
