import { afterEach, expect, test, vi } from 'vitest';
import type { PageFiles } from '../../src/inspector/serve/built-page.ts';
import { expectConsole } from '../setup/console.ts';
import { listening, mounted, type Served } from './ask.ts';
import { anInspector, e } from './inspected.ts';

/** The page that is served. The sources have none, because the build makes it, and these tests are about serving it. */
const built = vi.hoisted(() => ({ page: undefined as PageFiles | undefined }));
vi.mock('../../src/inspector/serve/built-page.ts', () => ({
  get page() {
    return built.page;
  },
}));
const PAGE: PageFiles = {
  html: (base) => `<!doctype html><script src="${base}/page.js"></script>`,
  script: 'void 0;',
  style: 'p{}',
};
const FILES = ['/', '/page.js', '/page.css'];

afterEach(() => {
  vi.unstubAllEnvs();
  built.page = undefined;
});

async function both(run: (served: Served) => Promise<void>): Promise<void> {
  built.page = PAGE;
  const inspector = anInspector();
  await using first = await listening(inspector);
  await run(first);
  await using second = await mounted(inspector, first.token);
  await run(second);
}

/** The headers that a browser sends for a link. */
const opened = (site: string, dest = 'document') => ({
  'sec-fetch-site': site,
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': dest,
});

test('The page and its files need no token, have the headers of every answer, and take only GET.', () =>
  both(async (served) => {
    const types = ['text/html', 'text/javascript', 'text/css'];
    for (const [i, path] of FILES.entries()) {
      const { status, headers } = await served.ask(path);
      expect([path, status]).toEqual([path, 200]);
      expect(headers['content-type']).toBe(`${types[i]}; charset=utf-8`);
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
      );
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
      });
      const posted = await served.ask(path, { method: 'POST', headers: { origin: served.origin } });
      expect([path, posted.status]).toEqual([path, 405]);
    }
    expect((await served.ask('/')).text).toBe(PAGE.html(served.base));
  }));

test('The page is opened by a link of any site; its files and the API are not, and neither is the page in a frame.', () =>
  both(async (served) => {
    const at = async (path: string, headers: Record<string, string>) =>
      (await served.ask(path, { headers })).status;
    const token = { authorization: `Bearer ${served.token}` };
    for (const site of ['none', 'same-site', 'cross-site', 'same-origin']) {
      expect([site, await at('/', opened(site))]).toEqual([site, 200]);
    }
    expect(await at('/', opened('cross-site', 'iframe'))).toBe(403);
    expect(await at('/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' })).toBe(403);
    expect(await at('/page.js', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403);
    expect(await at('/page.js', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors' })).toBe(200);
    expect(await at('/api/entries?once', { ...token, ...opened('cross-site') })).toBe(403);
    expect(await at('/api/entries?once', { ...token, ...opened('none') })).toBe(200);
    const posted = { method: 'POST', headers: { ...opened('cross-site'), origin: 'https://evil.example' } };
    expect((await served.ask('/', posted)).status).toBe(403);
  }));

test('The page is shown only to a known host, and not in production.', () =>
  both(async (served) => {
    for (const path of FILES) {
      const rebound = { host: 'evil.example', ...opened('none') };
      expect((await served.ask(path, { headers: rebound })).status).toBe(403);
    }
    if (served.base === '') return;
    for (const value of ['production', '', undefined]) {
      vi.stubEnv('NODE_ENV', value);
      for (const path of FILES) {
        const { status, text } = await served.ask(path);
        expect([value, status, text]).toEqual([value, 404, '{"error":"Not found."}']);
      }
    }
    vi.unstubAllEnvs();
  }));

test('authorize decides about the page, too.', async () => {
  built.page = PAGE;
  let says = false;
  await using served = await mounted(anInspector({ authorize: () => says }));
  vi.stubEnv('NODE_ENV', 'production');
  for (const path of FILES) expect((await served.ask(path)).status).toBe(404);
  says = true;
  for (const path of FILES) expect((await served.ask(path)).status).toBe(200);
});

test('A framework may take the slash from the end of the address, or add it: both lead to the page, and to the API.', () =>
  both(async (served) => {
    if (served.base !== '') {
      const { status, text } = await served.ask('');
      expect([status, text]).toEqual([200, PAGE.html(served.base)]);
    }
    expect((await served.get('/api/wiring/')).json).toEqual((await served.get('/api/wiring')).json);
  }));

test('The path of the option is compared as URLs write it, and can not break out of an attribute.', async () => {
  expectConsole();
  built.page = PAGE;
  const path = `/in"><b> ü`;
  const { handler } = anInspector({ path: `${path}/` });
  const response = await handler(new Request(`http://localhost${encodeURI(path)}/`));
  expect(response.status).toBe(200);
  expect(await response.text()).toBe(PAGE.html('/in%22%3E%3Cb%3E%20%C3%BC'));
});

test('If the page is not built, a sentence says how to build it.', async () => {
  await using served = await listening(anInspector());
  expect(await served.ask('/')).toMatchObject({
    status: 503,
    json: { error: 'The page of the inspector is not built: run `npm run build` first.' },
  });
});

test('api/asyncapi describes the first bus, or that of a number.', async () => {
  const inspector = anInspector();
  const handlers = (name: string) => [e.router().on('mail.sent', () => {}, { name })];
  await using one = e.bus({ handlers: handlers('count'), observers: [inspector] });
  await using two = e.bus({ handlers: handlers('ship'), observers: [inspector] });
  await using served = await listening(inspector);
  const { status, json } = await served.get('/api/asyncapi');
  expect(status).toBe(200);
  expect(json).toMatchObject({ asyncapi: '3.1.0', info: { title: expect.stringMatching(/^test/) } });
  expect(JSON.stringify(json)).toContain('count');
  expect(JSON.stringify((await served.get('/api/asyncapi?bus=2')).json)).toContain('ship');
  expect((await served.get('/api/asyncapi?bus=3')).status).toBe(404);
  expect((await served.ask('/api/asyncapi')).status).toBe(401);
  void [one, two];
});
