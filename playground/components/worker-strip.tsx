'use client';

import { useState } from 'react';
import { describeWorker } from '../story/worker-words.ts';
import { useTRPCClient } from '../trpc/client.tsx';
import { Mark } from './mark.tsx';
import { useShopContext } from './shop.tsx';
import styles from './worker-strip.module.css';

const BUTTONS = { start: 'Start the worker', stop: 'Stop the worker' } as const;

/** Shows what the worker does, and a button that stops or starts it. */
export function WorkerStrip() {
  const { worker } = useShopContext();
  const client = useTRPCClient();
  const [failed, setFailed] = useState('');
  if (worker === undefined) return <p className={styles.strip}>The worker: …</p>;
  const { mark, words, button } = describeWorker(worker);
  const isChanging = worker.state === 'stopping';
  async function change() {
    if (isChanging) return;
    try {
      setFailed('');
      await client.worker[button].mutate();
    } catch (error) {
      setFailed(`The press did not get through: ${(error as Error).message}`);
    }
  }
  return (
    <div className={styles.strip} data-worker={worker.state} data-pid={worker.pid}>
      <p role="status">
        <Mark of={mark} /> {failed || words}
      </p>
      <button type="button" aria-disabled={isChanging} onClick={() => void change()}>
        {BUTTONS[button]}
      </button>
    </div>
  );
}
