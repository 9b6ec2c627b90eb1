import { reloadPayload, payloadOf } from '../state/payload.ts';
import { PayloadTree } from './payload-tree.tsx';
import { shapeOf } from './value.ts';
import * as styles from './detail.module.css';

/** The payload of an event, which is asked for when it is shown. */
export function PayloadView({ event }: { event: string }) {
  const { value: payload } = payloadOf(event);
  if (payload.kind === 'loading') return <div class={styles.loading} aria-busy />;
  if (payload.kind === 'missing') {
    return (
      <div class={styles.note}>
        <p>{payload.words}</p>
        <button type="button" class="link" onClick={() => reloadPayload(event)}>
          Ask again
        </button>
      </div>
    );
  }
  const { value, isCut } = payload;
  const shape = shapeOf(value);
  if (shape.kind === 'plain' && shape.text === 'undefined') return <p class={styles.note}>No payload.</p>;
  if (shape.kind === 'note') {
    return <p class={styles.note}>{shape.text === 'redacted' ? 'Redacted.' : shape.text}</p>;
  }
  return (
    <>
      {isCut && <p class={styles.note}>Cut at 64 KiB{ofAll(value)}.</p>}
      <PayloadTree key={event} value={value} label="Payload" />
    </>
  );
}

/** Only for one long text it is known how long the whole is. */
function ofAll(value: Parameters<typeof shapeOf>[0]): string {
  const shape = shapeOf(value);
  if (shape.kind !== 'text' || shape.of === undefined) return '';
  const size =
    shape.of < 1024 * 1024
      ? `${Math.round(shape.of / 1024)} KiB`
      : `${(shape.of / 1024 / 1024).toFixed(1)} MB`;
  return ` of ${size}`;
}
