import { createRequire } from 'node:module';
import type { Answer, Input, NextServer } from './server.ts';

/** React's encoder, which browsers use to send the arguments of an action. */
const { encodeReply } = createRequire(import.meta.url)(
  'next/dist/compiled/react-server-dom-turbopack/client.node',
) as { encodeReply(args: readonly unknown[]): Promise<FormData | string> };

export type ActionName =
  | 'save'
  | 'saveAndRedirect'
  | 'fail'
  | 'miss'
  | 'call'
  | 'procedure'
  | 'procedureThatRedirects'
  | 'procedureThatReturnsOne'
  | 'procedureThatMisses'
  | 'act';

/** Reads the id that Next has given to an action of the page from the hidden field of its form. */
export async function idOf(server: NextServer, action: ActionName): Promise<string> {
  const html = await (await fetch(`${server.url}/actions`)).text();
  const [, id] = new RegExp(`id="${action}".*?"\\$ACTION_ID_(\\w+)"`).exec(html) ?? [];
  if (id === undefined) throw new Error(`There is no form for ${action}.`);
  return id;
}

/** Posts the form of an action, as a browser does without JavaScript. */
export async function postForm(
  server: NextServer,
  note: string,
  id: string,
  more: Partial<Input> = {},
): Promise<Answer> {
  const body = form([[`$ACTION_ID_${id}`, ''], ...Object.entries({ ...server.input(note), ...more })]);
  return server.post(note, '/actions', { body, headers: { origin: server.url } });
}

/** Calls an action, as React does in a browser, with the form as its argument. */
export async function callAction(server: NextServer, note: string, id: string): Promise<Answer> {
  const body = await encodeReply([form(Object.entries(server.input(note)))]);
  const headers = { origin: server.url, accept: 'text/x-component', 'next-action': id };
  return server.post(note, '/actions', { body, headers });
}

function form(fields: readonly (readonly [string, string])[]): FormData {
  const form = new FormData();
  for (const [name, value] of fields) form.set(name, value);
  return form;
}
