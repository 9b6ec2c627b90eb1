import { expect } from 'vitest';
import type { Line } from './apps.ts';
import type { NextServer } from './server.ts';

/** The layouts of the fixture: only the bus on globalThis, four files, and four files with sharedBus. */
export const LAYOUTS = ['global', 'files', 'shared'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** Makes a call whose work has this note, and returns its status. */
type Call = (server: NextServer, layout: Layout, note: string, actionId: string) => Promise<number>;

const post = async ({ url }: NextServer, path: string, note: string): Promise<number> => {
  const headers = { 'content-type': 'application/json' };
  return statusOf(await fetch(url + path, { method: 'POST', headers, body: JSON.stringify({ note }) }));
};
async function statusOf(response: Response): Promise<number> {
  await response.text();
  return response.status;
}

/** The calls of each kind of route. Next.js has copies of the application's modules for most of them. */
export const CALLS: Record<string, Call> = {
  procedure: (server, layout, note) => post(server, `/api/trpc/${layout}/work`, note),
  route: (server, layout, note) => post(server, `/api/work/${layout}`, note),
  async action({ url }, layout, note, actionId) {
    const body = new FormData();
    for (const [name, value] of Object.entries({ [`$ACTION_ID_${actionId}`]: '', layout, note }))
      body.set(name, value);
    return statusOf(await fetch(`${url}/actions`, { method: 'POST', headers: { origin: url }, body }));
  },
  component: async ({ url }, layout, note) =>
    statusOf(await fetch(`${url}/caller/${layout}?note=${encodeURIComponent(note)}`)),
  pages: (server, layout, note) => post(server, `/api/pages/work/${layout}`, note),
  pagesProcedure: (server, layout, note) => post(server, `/api/pages/trpc/${layout}/work`, note),
};

/** The current state of the fixture's listeners. */
export interface Listeners {
  readonly version: number;
  readonly hasAudit: boolean;
  readonly extra: readonly string[];
}
export const ORIGINAL: Listeners = { version: 1, hasAudit: true, extra: [] };

/** Returns what must become of a call's events, sorted. */
export function fatesOf(note: string, { version, hasAudit, extra }: Listeners = ORIGINAL): string[] {
  const thrown = `${note}, in a scope that throws`;
  const notes = [note, `${note}, in a scope`, ...extra.map((name) => `${note}, ${name}`)];
  const handlers = hasAudit ? [`version ${version}`, 'audit'] : [`version ${version}`];
  const fates = note.includes('fails')
    ? notes.map((each) => `${each}: ${each.endsWith('in a scope') ? 'enclosing-failed' : 'failed'}`)
    : notes.flatMap((each) => handlers.map((by) => `${each}: ${by}`));
  return [...fates, `${thrown}: failed`].sort();
}

/** Returns what has become of events so far, sorted. */
export function fatesIn(lines: readonly Line[]): string[] {
  return lines.map(({ note, by, dropped, error }) => `${note}: ${by ?? dropped ?? error}`).sort();
}

/** Makes a call of one kind, and waits until its events have their fates. */
export async function expectWork(
  server: NextServer,
  kind: string,
  layout: Layout,
  note: string,
  actionId: string,
): Promise<void> {
  const status = await CALLS[kind]!(server, layout, note, actionId);
  expect([note, status]).toEqual([note, note.includes('fails') ? 500 : 200]);
  const fates = () => fatesIn(server.recorded()).filter((fate) => fate.startsWith(note));
  await expect.poll(fates, { timeout: 10_000, interval: 10 }).toEqual(fatesOf(note));
}
