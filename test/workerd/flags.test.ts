import { describe, expect, test } from 'vitest';
import { NO_WORKERD, WRANGLER } from './bundle.ts';
import { startWorker, type WorkerOptions } from './start.ts';

const OK = { outcome: 'ok', exceptions: [], logs: [] };
const RAN = ['begun mine', 'handled mine', 'handled after mine'];

const WITH_STORAGE: WorkerOptions[] = [
  { flags: ['nodejs_als'] },
  { flags: ['nodejs_compat'] },
  { flags: ['nodejs_compat'], conditions: NO_WORKERD },
];
const WITHOUT_STORAGE: WorkerOptions[] = [{}, { conditions: NO_WORKERD }];

describe.for(WITH_STORAGE)('with %j', (options) => {
  test('e.dispatch finds its scope across awaits', async () => {
    await using worker = await startWorker(options);
    const request = worker.request();
    await request.client.auto.ambient.query('mine');
    expect(await request.over).toEqual(OK);
    expect(request.reports).toEqual(RAN);
  });

  test('e.dispatch outside any scope says so', async () => {
    await using worker = await startWorker(options);
    expect(await (await worker.request().fetch('/no-scope')).json()).toMatchObject({
      code: 'NO_SCOPE',
      message: expect.stringContaining('outside any scope'),
    });
  });
});

describe.for(WITHOUT_STORAGE)('with %j, which has no AsyncLocalStorage', (options) => {
  test('e.dispatch says which flag is missing, and what works without it', async () => {
    await using worker = await startWorker(options);
    const request = worker.request();
    await expect(request.client.auto.ambient.query('mine')).rejects.toThrow(
      /^e\.dispatch needs AsyncLocalStorage.*nodejs_als or nodejs_compat.*ctx\.dispatch.*bus\.scope.*bus\.publish/,
    );
    expect(await (await request.fetch('/no-scope')).json()).toMatchObject({ code: 'NO_SCOPE' });
  });
});

describe.for([...WITH_STORAGE, ...WITHOUT_STORAGE])('with %j', (options) => {
  test.for([
    ['ctx.dispatch', '/trpc/auto.note?input="mine"', RAN],
    ['bus.scope', '/scope', ['begun scope', 'handled scope', 'handled after scope']],
    ['bus.publish', '/publish', ['begun published', 'handled published', 'handled after published']],
  ] as const)('%s works', async ([, path, ran]) => {
    await using worker = await startWorker(options);
    const request = worker.request();
    expect((await request.fetch(path)).status).toBe(200);
    expect(await request.over).toEqual(OK);
    expect(request.reports).toEqual(ran);
  });
});

test.for([
  [WRANGLER, []],
  [WRANGLER, ['nodejs_als']],
  [WRANGLER, ['nodejs_compat']],
  [NO_WORKERD, ['nodejs_compat']],
] as const)(
  'bundled for %j, with the flags %j, the response does not wait for the listeners',
  async ([conditions, flags]) => {
    await using worker = await startWorker({ conditions, flags });
    const request = worker.request();
    const goOn = request.hold();
    await request.client.auto.note.query('mine');
    goOn();
    expect(await request.over).toEqual(OK);
    expect(request.reports).toEqual(RAN);
  },
);

test('if cloudflare:workers is not available, the caller waits', async () => {
  await using worker = await startWorker({ conditions: NO_WORKERD });
  const request = worker.request();
  await request.client.auto.note.query('mine');
  request.reports.push('answered');
  expect(await request.over).toEqual(OK);
  expect(request.reports).toEqual([...RAN, 'answered']);
});

/** Workers of this date have no `navigator` and no WeakRef. */
const LONG_AGO = '2022-01-01';

test('with an old compatibility date, the response does not wait for the listeners', async () => {
  await using worker = await startWorker({ date: LONG_AGO });
  const request = worker.request();
  const goOn = request.hold();
  await request.client.auto.note.query('mine');
  goOn();
  expect(await request.over).toEqual(OK);
  expect(request.reports).toEqual(RAN);
});

test('with an old compatibility date, and nothing that tells the platform, the caller waits, and a line says why', async () => {
  await using worker = await startWorker({ conditions: NO_WORKERD, date: LONG_AGO });
  const request = worker.request();
  await request.client.auto.note.query('mine');
  request.reports.push('answered');
  expect(await request.over).toEqual({
    ...OK,
    logs: [expect.stringContaining('auto() does not know this platform')],
  });
  expect(request.reports).toEqual([...RAN, 'answered']);
});

test('a worker that draws random numbers while it loads does not start, so the library draws none', async () => {
  const before = 'crypto.getRandomValues(new Uint8Array(1));';
  await expect(startWorker({ before })).rejects.toThrow(/random/);
});
