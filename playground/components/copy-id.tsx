'use client';

import { useEffect, useState } from 'react';
import { shortId } from 'trpc-events/inspector/story';
import styles from './copy-id.module.css';

/** Shows an id that is shortened in the middle. A click copies the whole id. */
export function CopyId({ id }: { id: string }) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '') return undefined;
    const timer = setTimeout(() => setSaid(''), 1200);
    return () => clearTimeout(timer);
  }, [said]);
  async function copy() {
    try {
      await navigator.clipboard.writeText(id);
      setSaid('copied');
    } catch {
      setSaid('refused'); // the browser doesn't allow the page to copy
    }
  }
  return (
    <button
      type="button"
      className={styles.id}
      title={`${id}: click to copy`}
      aria-label={said || `Copy ${shortId(id)}`}
      onClick={() => void copy()}
    >
      {said || shortId(id)}
    </button>
  );
}
