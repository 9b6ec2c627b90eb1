import { setInterval } from 'node:timers';
import type { QueueConsumer } from 'trpc-events/sqs';

/** How often the shop is told, in ms, if there is something to tell. */
const INTERVAL = 100;

/**
 * Tells the shop, which has started this process, what the consumer does. The signal aborts when the shop is gone: nobody
 * would stop the worker then.
 */
export function followShop(consumer: QueueConsumer): AbortSignal {
  const gone = new AbortController();
  if (process.send === undefined) return gone.signal; // started by hand
  process.once('disconnect', () => gone.abort());
  process.channel?.unref(); // it keeps no process alive
  let told = '';
  const tell = () => {
    const { status } = consumer;
    const text = JSON.stringify({ ...status, lastAnswer: undefined });
    if (text === told || !process.connected) return;
    told = text;
    process.send?.(status);
  };
  setInterval(tell, INTERVAL).unref();
  return gone.signal;
}
