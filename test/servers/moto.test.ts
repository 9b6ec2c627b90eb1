import { afterAll, beforeAll, describe, it } from 'vitest';
import { Driver } from './sqs/conformance/driver.ts';
import { QUEUES } from './sqs/conformance/queues.ts';
import { RECEIVING } from './sqs/conformance/receiving.ts';
import { SENDING } from './sqs/conformance/sending.ts';
import { hasMoto, Moto } from './moto.ts';

describe('moto, by another author', () => {
  let moto: Moto;
  beforeAll(async () => {
    if (hasMoto) moto = await Moto.start();
  }, 60_000);
  afterAll(() => moto?.[Symbol.asyncDispose]());

  for (const { name, moto: reason, run } of [...SENDING, ...RECEIVING, ...QUEUES]) {
    const why = hasMoto ? reason : 'moto is not installed';
    it.skipIf(why !== undefined)(why === undefined ? name : `${name} (skipped: ${why})`, () =>
      run(new Driver(moto.client())),
    );
  }
});
