import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { expectConsole } from '../../setup/console.ts';
import { openBrowser } from '../visitor.ts';
import { startApp, type App } from './app.ts';

/** Opens a browser and an application before the tests of a file, and closes both after them. */
export function openStage(): { readonly browser: Browser; readonly app: App } {
  const stage: { browser?: Browser; app?: App } = {};
  beforeAll(async () => {
    expectConsole();
    [stage.browser, stage.app] = await Promise.all([openBrowser(), startApp()]);
  }, 60_000);
  beforeEach(() => void expectConsole());
  afterAll(async () => {
    await stage.browser?.close();
    await stage.app?.[Symbol.asyncDispose]();
  });
  return stage as { browser: Browser; app: App };
}
