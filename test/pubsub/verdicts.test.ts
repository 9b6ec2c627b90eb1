/** Runs the table that all consumers pass, with a stream and with push. */
import { expect, it } from 'vitest';
import { VERDICTS } from '../queue/verdicts.ts';
import { bodyOf, stage as pushStage } from './push-stage.ts';
import { stage } from './worker.ts';
import { until } from '../setup/async.ts';

const down = () => Promise.reject(new Error('down'));
const AFTER = { minimumBackoff: { seconds: '60', nanos: 0 }, maximumBackoff: null };
const STATUS = { acknowledge: 204, retry: 500, leave: 422, release: 503 } as const;

it.concurrent.each(VERDICTS)(
  'A stream: a message $what has the verdict $verdict.',
  async ({ text, isDown, acknowledge, bus, verdict }) => {
    await using scene = await stage({ retryPolicy: AFTER });
    scene.send([{ id: 'o1', text }]);
    const worker = await scene.worker({
      ...(isDown === true && { work: down }),
      bus: bus ?? {},
      consumer: { acknowledge },
    });
    const { consumer } = worker;
    await until(() => consumer.status.received === 1 && consumer.status.inFlight === 0);
    const answers = scene
      .log()
      .flatMap(({ action }) => (action === 'ack' || action === 'nack' ? [action] : []));
    const expected = { acknowledge: ['ack'], retry: ['nack'], leave: [], release: ['nack'] };
    expect(answers).toEqual(expected[verdict]);
    // A message that is left stays leased until its deadline is over.
    expect(scene.subscription.counts.out).toBe(verdict === 'leave' ? 1 : 0);
  },
);

it.each(VERDICTS)(
  'Push: a message $what has the verdict $verdict.',
  async ({ text, isDown, acknowledge, bus, verdict }) => {
    const it = pushStage({ ...(isDown === true && { work: down }), bus: bus ?? {}, push: { acknowledge } });
    expect((await it.post(bodyOf(text))).status).toBe(STATUS[verdict]);
    await it.bus.close();
  },
);
