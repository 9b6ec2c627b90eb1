import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { EventsError } from '../../../src/index.ts';
import { asyncApi } from '../../../src/wire/index.ts';
import { describeShape, INFO, readDocument } from './parts.ts';

vi.setConfig({ testTimeout: 60_000 }); // the official parser takes its time

const description = describeShape({ 'user.created': z.object({ id: z.string() }) });

function failureOf(given: unknown, options: unknown): string {
  try {
    asyncApi(given as never, options as never);
  } catch (error) {
    expect(error).toBeInstanceOf(EventsError);
    expect(error).toMatchObject({ code: 'BAD_OPTION' });
    return (error as Error).message;
  }
  throw new Error('Nothing was thrown.');
}
const cycle: Record<string, unknown> = { host: 'a', protocol: 'b' };
cycle['bindings'] = cycle;
const SERVERS = 'asyncApi: servers must be servers by names of letters, digits, _ and -';

it.each([
  [undefined, 'asyncApi takes a title, not undefined.'],
  [{}, 'asyncApi takes a title, not undefined.'],
  [{ title: 'a' }, 'asyncApi takes a version, not undefined.'],
  [null, 'asyncApi takes an object of options, not null.'],
  ['The shop', 'asyncApi takes an object of options, not "The shop".'],
  [{ ...INFO, title: '' }, 'asyncApi: title must be a text that is not empty, not "".'],
  [{ ...INFO, version: 1 }, 'asyncApi: version must be a text that is not empty, not 1.'],
  [{ ...INFO, server: {} }, 'asyncApi has no option "server". Did you mean "servers"?'],
  [{ ...INFO, servers: [] }, SERVERS],
  [{ ...INFO, servers: 'localhost' }, SERVERS],
  [{ ...INFO, servers: { a: 'localhost' } }, SERVERS],
  [{ ...INFO, servers: { a: { host: 'localhost' } } }, SERVERS],
  [{ ...INFO, servers: { a: { host: '', protocol: 'sqs' } } }, SERVERS],
  [{ ...INFO, servers: { 'a.b': { host: 'a', protocol: 'sqs' } } }, SERVERS],
  [{ ...INFO, servers: { 'a/b': { host: 'a', protocol: 'sqs' } } }, SERVERS],
  [{ ...INFO, servers: JSON.parse('{ "__proto__": { "host": "a", "protocol": "sqs" } }') }, SERVERS],
  [{ ...INFO, servers: { cycle } }, "asyncApi: servers can't be read: it threw TypeError"],
])('Options are refused: %j', (options, message) => {
  expect(failureOf(description, options)).toContain(message);
});

it.each([
  [undefined, 'undefined'],
  [null, 'null'],
  [[], 'an empty list'],
  [{ describe: () => description }, 'an object'],
  [{ ...description, events: undefined }, 'an object'],
  [{ ...description, events: [{}] }, 'an object'],
  [{ ...description, listeners: [null] }, 'an object'],
  [{ ...description, listeners: [{ name: 'a' }] }, 'an object'],
])('What is no description is refused: %j', (given, shown) => {
  expect(failureOf(given, INFO)).toBe(`asyncApi takes what bus.describe() returns, not ${shown}.`);
});

it.each(['draft-2020-12', 'openapi-3.0'] as const)('A description in %s is refused.', (target) => {
  const given = describeShape({ a: z.object({}) }, [], { target });
  expect(failureOf(given, INFO)).toBe(
    `asyncApi takes a description in "draft-07", the default of bus.describe, not "${target}".`,
  );
});

it('Servers are those of AsyncAPI, extensions included.', async () => {
  const servers = {
    'eu-west_1': {
      host: '{region}.example.com',
      protocol: 'sqs',
      variables: { region: { default: 'eu' } },
      'x-owner': 'shop',
    },
  };
  const document = asyncApi(description, { ...INFO, servers });
  expect(document.servers).toStrictEqual(servers);
  expect(asyncApi(description, { ...INFO, servers: undefined })).not.toHaveProperty('servers');
  expect((await readDocument(document)).findings).toEqual([]);
});
