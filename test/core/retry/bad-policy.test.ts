import { expect, it } from 'vitest';
import { e, thrownBy } from '../shop.ts';

it.each<[object, string]>([
  [{ retry: { attempts: 0 } }, ', retry: attempts must be a positive integer, not 0.'],
  [{ retry: { attempts: Number.NaN } }, ', retry: attempts must be a positive integer, not NaN.'],
  [{ retry: { attempts: 2.5 } }, ', retry: attempts must be a positive integer, not 2.5.'],
  [{ retry: { attempts: Infinity } }, ', retry: attempts must be a positive integer, not Infinity.'],
  [{ retry: { attempts: '3' } }, ', retry: attempts must be a positive integer, not "3".'],
  [{ retry: {} }, ', retry needs attempts, the first included: such as { attempts: 5 }.'],
  [{ retry: 5 }, ': retry must be an object such as { attempts: 5 }, not 5.'],
  [{ retry: null }, ': retry must be an object such as { attempts: 5 }, not null.'],
  [
    { retry: { attempts: 2, minDelay: -1 } },
    ', retry: minDelay must be a number of milliseconds, from 0 to 2147483647, not -1.',
  ],
  [
    { retry: { attempts: 2, minDelay: 20, maxDelay: 10 } },
    ', retry: minDelay is 20 ms, and more than maxDelay, 10 ms.',
  ],
  [{ retry: { attempts: 2, maxDelay: 10 } }, ', retry: minDelay is 1000 ms, and more than maxDelay, 10 ms.'],
  [{ retry: { attempts: 2, factor: 0.5 } }, ', retry: factor must be a number of 1 or more, not 0.5.'],
  [{ retry: { attempts: 2, jitter: 2 } }, ', retry: jitter must be a number from 0 to 1, not 2.'],
  [{ retry: { attempts: 2, delay: 2 } }, ', retry has no option "delay".'],
  [{ timeout: -1 }, ': timeout must be a number of milliseconds, above 0 and up to 2147483647, not -1.'],
  [{ timeout: 0 }, ': timeout must be a number of milliseconds, above 0 and up to 2147483647, not 0.'],
  [
    { timeout: Number.NaN },
    ': timeout must be a number of milliseconds, above 0 and up to 2147483647, not NaN.',
  ],
  [
    { timeout: 2 ** 31 },
    ': timeout must be a number of milliseconds, above 0 and up to 2147483647, not 2147483648.',
  ],
  [{ concurrency: 0 }, ': concurrency must be a positive integer, not 0.'],
  [{ concurrency: 1.5 }, ': concurrency must be a positive integer, not 1.5.'],
])('The listener options %j are refused.', (options, message) => {
  const on = () => e.router().on('user.*', () => {}, { name: 'mail', ...options });
  expect(thrownBy(on)).toMatchObject({ code: 'BAD_OPTION' });
  expect((thrownBy(on) as Error).message).toContain(`.on("user.*", …)${message}`);
});

it('A listener that is retried needs a name; a listener with one attempt does not.', () => {
  const router = e.router();
  // @ts-expect-error -- the listener has no name
  const on = () => router.on('user.*', () => {}, { retry: { attempts: 2 } });
  expect(thrownBy(on)).toMatchObject({
    code: 'BAD_OPTION',
    message:
      '.on("user.*", …) has retry, so it needs a name: reports, dead letters and queues use it to identify the listener. Add `name: \'…\'`.',
  });
  router.on('user.*', () => {}, { retry: { attempts: 1 } } as never);
  router.on('user.*', () => {}, { timeout: 5, concurrency: 2 });
  router.on('user.*', () => {}, { retry: undefined });
});

it('The option deadLetter must be a function.', () => {
  expect(thrownBy(() => e.bus({ handlers: [], deadLetter: {} as never }))).toMatchObject({
    message: 'e.bus: deadLetter must be a function, not an object.',
  });
});
