import { setInterval } from 'node:timers';
import type { QueueConsumer } from 'trpc-events/sqs';

/** How often the worker reports changes to the shop, in ms. */
const INTERVAL = 100;

/**
 * Reports the consumer's status to the shop, which started this process. The returned signal aborts when the shop is gone,
 * because nobody else would stop the worker.
 */
export function followShop(consumer: QueueConsumer): AbortSignal {
  const gone = new AbortController();
  if (process.send === undefined) return gone.signal; // started by hand
  process.once('disconnect', () => gone.abort());
  process.channel?.unref(); // the channel must not keep this process alive
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
