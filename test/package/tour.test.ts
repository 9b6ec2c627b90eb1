import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it, vi } from 'vitest';

const { NO_COLOR: _1, FORCE_COLOR: _2, TRPC_EVENTS_DISABLED: _3, ...environment } = process.env;

function start(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ['playground/tour/index.ts', ...args], {
    env: { ...environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
}

async function play(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const child = start(args, env);
  const closed = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  const [code] = await closed;
  return { code, stdout, stderr };
}

describe('the scenes of the tour', () => {
  let ran: Awaited<ReturnType<typeof play>>;
  /** Returns the lines of one scene, from its title on. */
  const scene = (title: string) =>
    ran.stdout.split(/\n\n(?=\d+ {2})/).find((it) => it.includes(`  ${title}\n`))!;

  beforeAll(async () => {
    ran = await play();
  });

  it('end by themselves, with the outcomes that they announce', () => {
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('\n10 scenes, each came out as it says.\n');
  });

  it('fit into 80 columns and have no colors if there is no terminal', () => {
    expect(ran.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(ran.stdout).not.toContain('\u001B');
  });

  it('show a call, its answer, and its listeners after the response', () => {
    const shown = scene('A success');
    expect(shown).toMatch(/→ users\.register\(\{ name: 'Ada', email: 'ada@example\.org' \}\)/);
    expect(shown).toMatch(/← \{ id: 'u1' \} +[\d.]+ ms$/m);
    expect(shown).toMatch(/ {3}user\.registered {2}[\da-f]{4} {2}users\.register +−[\d.]+$/m);
    expect(shown).toMatch(/ {3}├─ ✓ audit +\+[\d.]+ +[\d.]+$/m);
    expect(shown).toMatch(/ {3}└─ ✓ mailWelcome +\+[\d.]+ +[\d.]+$/m);
  });

  it('show why an event was dropped', () => {
    const shown = scene('A failure');
    expect(shown).toMatch(/✗ CONFLICT: 0 of unicorn left, 1 wanted +[\d.]+ ms$/m);
    expect(shown).toMatch(/order\.placed {2}[\da-f]{4} {2}dropped: its call failed/);
    expect(shown).toMatch(/order\.rejected {2}[\da-f]{4} {2}orders\.place/);
    expect(shown).toMatch(/✓ mailSales/);
  });

  it('tell the calls of a batch apart', () => {
    const shown = scene('A batch of three calls, one of which fails');
    expect(shown.match(/users\.register, call \d/g)).toEqual([
      'users.register, call 1',
      'users.register, call 3',
    ]);
    expect(shown.match(/dropped: its call failed/g)).toHaveLength(1);
  });

  it('show a chain as a tree', () => {
    const names = scene('A chain').match(/^[ │├└─✓]+[a-z]+\.?[a-z]+(?= {2})/gim);
    expect(names?.map((name) => name.trimEnd())).toEqual([
      '   order.placed',
      '   └─ ✓ createInvoice',
      '      └─ invoice.created',
      '         └─ ✓ mailInvoice',
      '            └─ mail.sent',
      '               └─ ✓ countMail',
    ]);
  });

  it('show what inner calls dispatched', () => {
    const shown = scene('Calls in a call');
    expect(shown).toContain('users.register in checkout.asGuest');
    expect(shown).toMatch(/voucher\.redeemed {2}[\da-f]{4} {2}dropped: its call failed/);
  });

  it('show one event for each row of a subscription', () => {
    const shown = scene('A subscription');
    expect(shown.match(/← .*?(?= {2})/g)).toEqual([
      '← { done: 1, of: 3 }',
      '← { done: 2, of: 3 }',
      '← { done: 3, of: 3 }',
      '← end',
    ]);
    expect(shown.match(/user\.imported/g)).toHaveLength(3);
  });

  it('show that the client does not wait for a slow listener', () => {
    const said = /answered after ([\d.]+) ms; the listener was done after ([\d.]+) ms/.exec(
      scene('A slow listener'),
    );
    const [answered, done] = [Number(said?.[1]), Number(said?.[2])];
    expect(done).toBeGreaterThan(answered);
    expect(done).toBeGreaterThanOrEqual(400);
  });

  it('show that other listeners go on if one throws, and what onError got', () => {
    const shown = scene('A listener that throws');
    expect(shown).toMatch(/✗ tellCrm {2}Error: crm\.example\.org does not answer/);
    expect(shown).toMatch(/✓ mailGoodbye/);
    expect(shown.replaceAll(/\s+/g, ' ')).toContain(
      'onError got: The listener "tellCrm" failed on "user.removed": Error: crm.example.org does not answer',
    );
  });

  it('show the spans of a call as a tree, from the procedure past its response', () => {
    const shown = scene('A trace');
    const names = shown.match(/^[ │├└─]+(?:✗ )?[a-z]+ [a-z.]+(?= {2})/gim);
    expect(names).toEqual([
      '   mutation users.remove',
      '   └─ create user.removed',
      '      ├─ audit user.removed',
      '      ├─ ✗ tellCrm user.removed',
      '      └─ mailGoodbye user.removed',
      '         └─ create mail.sent',
      '            └─ countMail mail.sent',
    ]);
    expect(shown).toMatch(/ create user\.removed {2}producer +−[\d.]+ +[\d.]+$/m);
    expect(shown).toMatch(/ mailGoodbye user\.removed {2}internal +\+[\d.]+ +[\d.]+$/m);
    expect(shown).toMatch(/✗ tellCrm user\.removed {2}Error: crm\.example/);
  });
});

it('the tour fails if scenes do not have the outcomes that they announce', async () => {
  const { code, stdout } = await play([], { TRPC_EVENTS_DISABLED: '1' });
  expect(code).toBe(1);
  expect(stdout).toContain('It came out otherwise. AssertionError:');
  expect(stdout).toMatch(/\n10 of 10 scenes came out otherwise:\n {3}A success\n/);
});

it('the tour has colors with FORCE_COLOR', async () => {
  const { stdout } = await play([], { FORCE_COLOR: '1' });
  expect(stdout).toContain('\u001B[32m10 scenes, each came out as it says.\u001B[39m');
});

it.each([
  ['--sevre', "Unknown option '--sevre'"],
  ['--port=three', 'three is no port.'],
])('the tour refuses %s', async (option, why) => {
  expect(await play([option])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(new RegExp(`^${why}[^]*Usage: npm run tour`)),
  });
});

/** Sends the request that a printed curl command would send. */
async function send(command: string): Promise<string> {
  const [, url = '', option, data = ''] = /^curl (\S+)(?: \\\n {2}(.+) '(.+)')?$/.exec(command)!;
  const sends = {
    undefined: () => fetch(url),
    '--json': () =>
      fetch(url, { method: 'POST', body: data, headers: { 'content-type': 'application/json' } }),
    '-G --data-urlencode': () => fetch(`${url}?input=${encodeURIComponent(data.replace(/^input=/, ''))}`),
  }[`${option}`]!;
  const response = await sends();
  return response.text();
}

it.each(['SIGINT', 'SIGTERM'] as const)(
  '--serve answers the commands that it prints, until %s',
  async (signal) => {
    const child = start(['--serve']);
    const closed = once(child, 'close');
    const errors = text(child.stderr!);
    let printed = '';
    child.stdout!.on('data', (chunk) => (printed += chunk));
    await vi.waitUntil(() => printed.includes('/outbox\n\n'), 10_000);

    const [success, failure, slow, subscription, mails] = printed.match(/^curl [^#]*?(?=\n\n)/gm)!;
    expect(await send(success)).toBe('{"result":{"data":{"json":{"id":"u1"}}}}');
    expect(await send(failure!)).toContain('"code":"CONFLICT"');
    expect(await send(subscription!)).toContain('data: {"json":{"done":1,"of":1}}');
    await vi.waitUntil(() => /order\.rejected .*✓ mailSales/.test(printed), 10_000);
    expect(await send(mails!)).toContain('"subject":"Welcome, Ada"');
    expect(await send(slow!)).toContain('"stored":2400000');
    child.kill(signal);

    expect(await closed).toEqual([0, null]);
    expect(await errors).toBe('');
    // The slow listener had begun, so closing waited for its end.
    expect(printed).toMatch(/\nClosing: [^]*photo\.uploaded .*✓ makeThumbnails[^]*\nClosed\.\n$/);
    await expect(send(mails!)).rejects.toThrow('fetch failed');
  },
);
