import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { idOf } from './actions.ts';
import { copyApp } from './apps.ts';
import { CALLS, fatesIn, fatesOf, LAYOUTS, ORIGINAL, type Layout, type Listeners } from './layouts.ts';
import { startNext, type NextServer } from './server.ts';

// Each edit is compiled once for each kind of route.
vi.setConfig({ testTimeout: 180_000 });

const FOUR_FILES = ['files', 'shared'] as const;

describe.for([
  // Fast Refresh of Next.js 16.4.6 brings back old versions of any module if both routers are used.
  {
    name: 'both routers, without Fast Refresh',
    env: { FAST_REFRESH: '0' },
    kinds: ['procedure', 'route', 'action', 'component', 'pages'],
  },
  { name: 'the app router, with Fast Refresh', env: {}, kinds: ['procedure', 'component'] },
])('in development, $name', ({ name, env, kinds }) => {
  let folder: string;
  let server: NextServer;
  beforeAll(async () => {
    folder = copyApp(`layouts-${name.replaceAll(/\W+/g, '-')}`);
    server = await startNext('dev', folder, { env });
  });
  afterAll(async () => {
    await using _ = server;
    await server.end();
    // No listener has run again since.
    expect([...settled.keys()].map(fates)).toEqual([...settled.values()]);
  });

  let notes = 0;
  let listeners: Listeners = ORIGINAL;
  /** The fates of each call that showed the latest edit, by its note. */
  const settled = new Map<string, string[]>();
  const fates = (note: string) =>
    fatesIn(server.recorded().filter((line) => line.note.split(',')[0] === note));

  /** Makes a call, and returns true if the current listeners give its events the expected fates within `patience` ms. */
  async function works(kind: string, layout: Layout, fails = false, patience = 10_000): Promise<boolean> {
    const note = `note ${++notes}${fails ? ' fails' : ''}`;
    // Next gives the action another id when it compiles it again.
    const status = await CALLS[kind]!(
      server,
      layout,
      note,
      kind === 'action' ? await idOf(server, 'act') : '',
    );
    if (status !== (fails ? 500 : 200)) return false;
    const expected = fatesOf(note, listeners);
    const hasAll = () => expect(fates(note).length).toBeGreaterThanOrEqual(expected.length);
    await vi.waitFor(hasAll, { timeout: patience, interval: 5 }).catch(() => {});
    if (JSON.stringify(fates(note)) !== JSON.stringify(expected)) return false;
    settled.set(note, expected);
    return true;
  }

  /** Waits until each kind of call shows the edit, and then makes all calls once more. */
  async function expectAll(layouts: readonly Layout[]): Promise<void> {
    const all = kinds.flatMap((kind) => layouts.map((layout) => ({ kind, layout })));
    for (const { kind, layout } of all) {
      await expect
        .poll(async () => [kind, layout, await works(kind, layout, false, 500)], {
          timeout: 30_000,
          interval: 50,
        })
        .toEqual([kind, layout, true]);
    }
    for (const { kind, layout } of all)
      expect([kind, layout, await works(kind, layout)]).toEqual([kind, layout, true]);
  }

  /** Edits a module of both layouts of four files, as a developer does. */
  function edit(module: string, from: string, to: string, layouts: readonly Layout[] = FOUR_FILES): void {
    for (const layout of layouts) {
      const file = join(folder, 'server', layout, module);
      const text = readFileSync(file, 'utf8');
      expect(text).toContain(from);
      writeFileSync(file, text.replace(from, to));
    }
  }

  let stream: ReadableStream<string>;
  test('each event is handled once in each layout', async () => {
    await expectAll(LAYOUTS);
    for (const kind of kinds)
      for (const layout of LAYOUTS)
        expect([kind, layout, await works(kind, layout, true)]).toEqual([kind, layout, true]);
    const { body } = await fetch(`${server.url}/api/stream`);
    stream = body!.pipeThrough(new TextDecoderStream());
  });

  test('a listener that is changed takes effect', async () => {
    edit('listeners.ts', 'version 1', 'version 2');
    listeners = { ...listeners, version: 2 };
    await expectAll(FOUR_FILES);
  });

  test('a listener that is renamed takes effect, and does not run twice', async () => {
    edit('listeners.ts', "name: 'keep-note'", "name: 'renamed'");
    edit('listeners.ts', 'version 2', 'version 3');
    listeners = { ...listeners, version: 3 };
    await expectAll(FOUR_FILES);
  });

  test('an event that is added to the catalog works', async () => {
    edit('events.ts', 'kept: note,', 'kept: note, added: note,');
    edit('events.ts', 'extra: string[] = []', "extra: string[] = ['added']");
    listeners = { ...listeners, extra: ['added'] };
    await expectAll(FOUR_FILES);
  });

  test('a listener that is removed runs no more', async () => {
    edit('listeners.ts', "eventRouter.on('kept'", "e.router().on('kept'");
    listeners = { ...listeners, hasAudit: false };
    await expectAll(FOUR_FILES);
  });

  test('a stream of the shared bus stays open over all edits', async () => {
    const last = `note ${notes + 1}`;
    expect(await works(kinds[0]!, 'shared')).toBe(true);
    let text = '';
    for await (const chunk of stream) {
      text += chunk;
      if (text.includes(`${last}\n`)) break;
    }
    expect(text).toMatch(/^open\n/);
  });

  test('where only the bus is on globalThis, an event that is added is refused, and all others go on working', async () => {
    edit('events.ts', 'kept: note,', 'kept: note, added: note,', ['global']);
    listeners = ORIGINAL;
    await expectAll(['global']);
    expect(server.output()).toContain('NO_SCOPE in production');
    edit('events.ts', 'extra: string[] = []', "extra: string[] = ['added']", ['global']);
    const call = async () => {
      const response = await fetch(`${server.url}/api/trpc/global/work`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ note: 'global' }),
      });
      return response.text();
    };
    await expect
      .poll(call, { timeout: 30_000, interval: 100 })
      .toContain('Restart, or use sharedBus of trpc-events/next');
  });
});
