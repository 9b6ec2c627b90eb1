import { afterEach, expect, test, vi } from 'vitest';
import { expectConsole } from '../setup/console.ts';
import { listening, mounted, tokenOf, type Asked, type Served } from './ask.ts';
import { anInspector, e } from './inspected.ts';

afterEach(() => vi.unstubAllEnvs());

/** Runs a check on an inspector that listens, and then on the same one mounted, with the same token. */
async function both(run: (served: Served) => Promise<void>): Promise<void> {
  const inspector = anInspector();
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  await bus.publish('mail.sent', { to: 'ada' });
  await using first = await listening(inspector);
  await run(first);
  await bus.publish('mail.sent', { to: 'ada' });
  await using second = await mounted(inspector, first.token);
  await run(second);
}
const ENTRIES = '/api/entries?once';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('The token opens every endpoint, and no answer has a CORS header.', () =>
  both(async (served) => {
    for (const path of [ENTRIES, '/api/wiring', '/api/search?payload=ada']) {
      const { status, headers } = await served.get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
      expect(headers['content-security-policy']).toContain("require-trusted-types-for 'script'");
      expect(headers['set-cookie']).toBeUndefined();
    }
  }));

test('No, a wrong, a short, a long, an empty token, one in the query or in a cookie: 401.', () =>
  both(async (served) => {
    const { token } = served;
    expect(token).toMatch(/^[\w-]{32}$/);
    const wrong = `${token.startsWith('a') ? 'b' : 'a'}${token.slice(1)}`;
    const tries: readonly (readonly [string, Record<string, string>])[] = [
      [ENTRIES, {}],
      [ENTRIES, bearer(wrong)],
      [ENTRIES, bearer(token.slice(0, -1))],
      [ENTRIES, bearer(`${token}${token}`)],
      [ENTRIES, bearer('')],
      [ENTRIES, { authorization: token }],
      [ENTRIES, { authorization: `Basic ${token}` }],
      ['/api/wiring', {}],
      ['/api/asyncapi', {}],
      ['/api/search?payload=ada', {}],
      ['/api/events/e-1', bearer(wrong)],
      ['/api/nothing', {}],
      [`${ENTRIES}&token=${token}`, {}],
      [`/api/wiring?token=${token}`, {}],
      [ENTRIES, { cookie: `token=${token}` }],
    ];
    for (const [path, headers] of tries) {
      const { status, text } = await served.ask(path, { headers });
      expect([headers, status]).toEqual([headers, 401]);
      expect(text).not.toContain('mail.sent');
    }
    for (const path of ['/api/redeliver', '/api/publish', '/api/clear', '/api/entries']) {
      const headers = { ...bearer(wrong), origin: served.origin, 'content-type': 'application/json' };
      const { status } = await served.ask(path, { method: 'POST', headers, body: '{}' });
      expect([path, status]).toEqual([path, 401]);
    }
    expect((await served.ask(ENTRIES, { headers: bearer(token) })).status).toBe(200);
  }));

test('A host of somebody else is refused, with the right token too.', () =>
  both(async (served) => {
    const { port } = new URL(served.origin);
    const hosts = [
      'evil.example',
      `evil.example:${port}`,
      '127.evil.example',
      'localhost.evil.example',
      '127.0.0.1@evil',
    ];
    for (const host of hosts) {
      const { status } = await served.ask(ENTRIES, { headers: { ...bearer(served.token), host } });
      expect([host, status >= 400]).toEqual([host, true]);
    }
    const { status } = await served.ask(ENTRIES, {
      headers: { ...bearer(served.token), host: `localhost:${port}` },
    });
    expect(status).toBe(200);
  }));

test('The server of `listen` accepts only its own port in `Host`.', async () => {
  await using served = await listening(anInspector());
  const at = (host: string) => served.ask(ENTRIES, { headers: { ...bearer(served.token), host } });
  expect((await at('localhost:1')).status).toBe(403);
  expect((await at('localhost')).status).toBe(403);
});

test('allowedHosts lets other hosts in.', async () => {
  const inspector = anInspector({ allowedHosts: ['dev.example'] });
  await using first = await listening(inspector);
  await using served = await mounted(inspector, first.token);
  const at = (host: string) => served.ask(ENTRIES, { headers: { ...bearer(served.token), host } });
  expect((await at('dev.example:3000')).status).toBe(200);
  expect((await at('dev.example.evil')).status).toBe(403);
});

test('A POST from a foreign, a null or no origin, or another site, changes nothing.', () =>
  both(async (served) => {
    const headers = { ...bearer(served.token), 'content-type': 'application/json' };
    const clear = (more: Record<string, string>): Asked => ({
      method: 'POST',
      headers: { ...headers, ...more },
      body: '{}',
    });
    const { origin } = served;
    const { port } = new URL(origin);
    const bad: readonly Record<string, string>[] = [
      {},
      { origin: 'null' },
      { origin: 'https://evil.example' },
      { origin: `http://localhost:${port}` },
      { origin: `http://127.0.0.1:1` },
      { origin, 'sec-fetch-site': 'cross-site' },
      { origin, 'sec-fetch-site': 'same-site' },
      { origin, 'sec-fetch-site': 'none' },
    ];
    for (const more of bad) {
      const { status } = await served.ask('/api/clear', clear(more));
      expect([more, status]).toEqual([more, 403]);
    }
    const foreignGet = await served.ask(ENTRIES, { headers: { ...headers, origin: 'https://evil.example' } });
    expect(foreignGet.status).toBe(403);
    const crossSite = await served.ask(ENTRIES, { headers: { ...headers, 'sec-fetch-site': 'cross-site' } });
    expect(crossSite.status).toBe(403);
    expect((await served.get(ENTRIES)).text).toContain('mail.sent');
    const good = { origin, 'sec-fetch-site': 'same-origin' };
    expect((await served.ask('/api/clear', clear(good))).status).toBe(200);
    expect((await served.get(ENTRIES)).text).not.toContain('mail.sent');
  }));

test('Forms, texts, no type, no JSON, lists, 50,000 levels and 20 MB are refused.', () =>
  both(async (served) => {
    const post = (body: string | Buffer, type: string | undefined, more: Record<string, string> = {}) =>
      served.ask('/api/publish', {
        method: 'POST',
        headers: {
          ...bearer(served.token),
          origin: served.origin,
          ...(type !== undefined && { 'content-type': type }),
          ...more,
        },
        body,
      });
    const json = 'application/json';
    expect((await post('event=mail.sent', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await post('{}', 'text/plain')).status).toBe(415);
    expect((await post('{}', 'multipart/form-data; boundary=application/json')).status).toBe(415);
    expect((await post('{}', undefined)).status).toBe(415);
    expect((await post('{', json)).status).toBe(400);
    expect((await post('[]', json)).status).toBe(400);
    expect((await post('null', json)).status).toBe(400);
    expect((await post('[['.repeat(25_000), json)).json.error).toContain('levels');
    expect((await post(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, json)).json.error).toContain(
      'levels',
    );
    // An unterminated string of half a million escaped quotes is read only once.
    const begun = performance.now();
    expect((await post(`"${'\\"'.repeat(500_000)}`, json)).status).toBe(400);
    expect(performance.now() - begun).toBeLessThan(3000);
    const big = Buffer.alloc(20 * 1024 * 1024, 0x20);
    expect((await post(big, json)).status).toBe(413);
    expect((await post(big, json, { 'transfer-encoding': 'chunked' })).status).toBe(413);
    expect((await post(`{"event":"mail.sent","payload":{"to":"${'['.repeat(1000)}"}}`, json)).status).toBe(
      200,
    );
  }));

test('Paths outside, and methods that are not meant, are refused.', () =>
  both(async (served) => {
    const headers = bearer(served.token);
    for (const path of [
      '/index.html',
      '/page.js/x',
      '/api',
      '/api/',
      '/api/entries/x',
      '/api/__proto__',
      '/api/constructor',
      '/../etc/passwd',
      '/api/events/%ff',
    ]) {
      const { status } = await served.ask(path, { headers });
      expect([path, status]).toEqual([path, 404]);
    }
    for (const method of ['OPTIONS', 'PUT', 'DELETE', 'HEAD']) {
      const answer = await served.ask(ENTRIES, { method, headers });
      expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, 'GET']);
    }
    expect((await served.ask('/api/clear', { headers })).status).toBe(405);
  }));

test('A path that only begins like the mounted one is none of the inspector.', async () => {
  const inspector = anInspector();
  await using first = await listening(inspector);
  const { status } = await inspector.handler(
    new Request('http://localhost/inspectors/api/wiring', { headers: bearer(first.token) }),
  );
  expect(status).toBe(404);
});

test('In production, and where NODE_ENV is unset, the handler answers 404 whatever the token, and listen refuses in production.', async () => {
  const inspector = anInspector();
  await using first = await listening(inspector);
  await using served = await mounted(inspector, first.token);
  for (const value of ['production', '', undefined]) {
    vi.stubEnv('NODE_ENV', value);
    const { status, text } = await served.get(ENTRIES);
    expect([value, status, text]).toEqual([value, 404, '{"error":"Not found."}']);
  }
  vi.stubEnv('NODE_ENV', 'production');
  await expect(anInspector().listen({ port: 0 })).rejects.toThrow('production');
});

test('authorize decides in place of the token, in production too; if it throws, or says no more than almost true, it says no.', async () => {
  let says: () => unknown = () => true;
  const inspector = anInspector({ authorize: () => says() as boolean });
  await using served = await mounted(inspector);
  const at = async (env: string) => {
    vi.stubEnv('NODE_ENV', env);
    return (await served.ask(ENTRIES, { headers: { host: 'inspector.example' } })).status;
  };
  expect([await at('production'), await at('development')]).toEqual([200, 200]);
  const no: readonly (() => unknown)[] = [
    () => false,
    () => 'yes',
    () => 1,
    () => undefined,
    () => {
      throw new Error('no session');
    },
    () => Promise.reject(new Error('no session')),
  ];
  for (const answer of no) {
    says = answer;
    expect([await at('production'), await at('development')]).toEqual([404, 403]);
  }
});

test('With authorize there are no actions, unless they are asked for.', async () => {
  const quiet = await mounted(anInspector({ authorize: () => true }));
  await using _quiet = quiet;
  expect((await quiet.post('/api/clear', {})).status).toBe(403);
  await using loud = await mounted(anInspector({ authorize: () => true, actions: true }));
  expect((await loud.post('/api/clear', {})).status).toBe(200);
  expect((await loud.post('/api/clear', {}, { origin: 'https://evil.example' })).status).toBe(403);
});

test('The handler prints its address once, with a token that opens it, and not to a host that is not known.', async () => {
  const lines = expectConsole();
  await using served = await mounted(anInspector());
  await served.ask(ENTRIES, { headers: { host: 'evil.example' } });
  expect(lines).toEqual([]);
  await served.ask(ENTRIES);
  await served.ask(ENTRIES);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`inspector: ${served.origin}/inspector/#token=`);
  const token = tokenOf(lines[0]!.split(' ').at(-1)!);
  expect((await served.ask(ENTRIES, { headers: bearer(token) })).status).toBe(200);
});

test('Names, paths and payloads of markup, escapes and NUL come out as JSON, and never as a page.', async () => {
  const inspector = anInspector();
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  const nasty = '<img src=x onerror=alert(1)>\u001B[31m\u202E\u0000\u2028</script>';
  await bus.publish('cat.spotted', { [nasty]: nasty, long: 'x'.repeat(1_000_000) });
  await using served = await listening(inspector);
  const { text, headers } = await served.get(ENTRIES);
  expect(headers['content-type']).toBe('application/x-ndjson');
  const entries = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { event } = entries.find(({ kind }) => kind === 'dispatched');
  const { json } = await served.get(`/api/events/${event}`);
  expect(JSON.parse(json.payload)[nasty]).toBe(nasty);
  expect(json.isCut).toBe(true);
  expect((await served.get(`/api/search?payload=${encodeURIComponent('ONERROR')}`)).json.events).toEqual([
    event,
  ]);
});
