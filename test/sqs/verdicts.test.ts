/** Runs the table that all consumers pass, with a poll and with Lambda. */
import { expect, it } from 'vitest';
import { sqsLambda } from '../../src/sqs/index.ts';
import { VERDICTS } from '../queue/verdicts.ts';
import { e } from '../queue/worker.ts';
import { stage } from './worker.ts';
import { until } from '../setup/async.ts';

const down = () => Promise.reject(new Error('down'));

it.concurrent.each(VERDICTS)(
  'A poll: a message $what has the verdict $verdict.',
  async ({ text, isDown, acknowledge, bus, verdict }) => {
    await using scene = await stage();
    const worker = await scene.worker({
      isIdle: true,
      ...(isDown === true && { work: down }),
      bus: bus ?? {},
      consumer: { acknowledge, retryDelay: () => 7 },
    });
    await scene.send([{ id: 'o1', text }]);
    await worker.consumer.start();
    await until(() => worker.consumer.status.received === 1 && worker.consumer.status.inFlight === 0);
    const [left] = scene.queue.messages;
    expect(scene.log('visibility').map(({ seconds }) => seconds)).toEqual(verdict === 'retry' ? [7] : []);
    expect(scene.log('delete')).toHaveLength(verdict === 'acknowledge' ? 1 : 0);
    expect(left === undefined).toBe(verdict === 'acknowledge');
    // A message that is left stays hidden for its 30 s.
    if (verdict === 'leave') expect(left!.visibleAt - Date.now()).toBeGreaterThan(15_000);
  },
);

it.each(VERDICTS)(
  'Lambda: a message $what has the verdict $verdict.',
  async ({ text: body, isDown, acknowledge, bus: options, verdict }) => {
    const router = e
      .router()
      .on('order.placed', () => (isDown === true ? down() : undefined), { name: 'ship' });
    const bus = e.bus({ handlers: [router], onError() {}, unhandled: 'ignore', ...options });
    const record = { messageId: 'm', body, eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:r:1:orders' };
    const { batchItemFailures } = await sqsLambda(bus, { acknowledge })({ Records: [record] });
    expect(batchItemFailures).toEqual(verdict === 'acknowledge' ? [] : [{ itemIdentifier: 'm' }]);
  },
);
