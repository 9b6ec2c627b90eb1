'use client';

import { useEffect, useState } from 'react';
import { CopyId } from './copy-id.tsx';
import styles from './payload.module.css';

interface Props {
  /** The id of the event. */
  event: string;
  /** The address of the inspector, with its token. */
  inspector: string;
}

/** Shows an event's id and payload. Entries of a story have no payloads, so the inspector is asked for it. */
export function Payload({ event, inspector }: Props) {
  const [text, setText] = useState('…');
  useEffect(() => {
    const aborting = new AbortController();
    void readPayload(event, inspector, aborting.signal)
      .catch((error: Error) => `The payload could not be read: ${error.message}`)
      .then((read) => aborting.signal.aborted || setText(read));
    return () => aborting.abort();
  }, [event, inspector]);
  return (
    <div className={styles.payload}>
      id <CopyId id={event} />
      <pre data-testid="payload">{text}</pre>
    </div>
  );
}

async function readPayload(event: string, inspector: string, signal: AbortSignal): Promise<string> {
  const { pathname, hash } = new URL(inspector);
  const token = new URLSearchParams(hash.slice(1)).get('token');
  // Only the path is used, so that the request goes to the page's own origin, whatever name of this machine it has.
  const response = await fetch(`${pathname}/api/events/${encodeURIComponent(event)}`, {
    headers: { authorization: `Bearer ${token}` },
    signal,
  });
  const answer = (await response.json()) as { payload: string; isCut: boolean } | { error: string };
  if ('error' in answer) throw new Error(answer.error);
  return JSON.stringify(JSON.parse(answer.payload, plain), null, 2);
}

/** Makes the inspector's placeholders readable, such as `{"$":"date","value":"…"}` or `{"$":"redacted"}`. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$' in value)) return value;
  return 'value' in value ? value.value : `(${String(value.$)})`;
}
