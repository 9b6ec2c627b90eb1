import { describe, expect, test } from 'vitest';
import { callAction, idOf, postForm, type ActionName } from './actions.ts';
import { dropped, handled } from './apps.ts';
import { useNext } from './server.ts';

const server = useNext('plain');

describe.for([
  ['posted as a form', postForm],
  ['called by React', callAction],
] as const)('a server action %s', ([how, send]) => {
  const isForm = send === postForm;
  const run = async (note: string, action: ActionName) => send(server(), note, await idOf(server(), action));

  test.for(['save', 'procedure'] as const)(
    'has its events handled after the response: %s',
    async (action) => {
      const note = `${how}, ${action}`;
      const { status, body, headers } = await run(note, action);
      expect(status).toBe(200);
      // A form is answered with the page, and a listener that burns CPU delays no byte of it.
      if (isForm) expect([body.length > 200_000, headers.get('content-encoding')]).toEqual([true, 'gzip']);
      expect(await server().fate(note)).toEqual(handled(note));
    },
  );

  test.for(['saveAndRedirect', 'call', 'procedureThatRedirects', 'procedureThatReturnsOne'] as const)(
    'keeps its events if it redirects: %s',
    async (action) => {
      const note = `${how}, ${action}`;
      const { status, headers } = await run(note, action);
      const target = headers.get(isForm ? 'location' : 'x-action-redirect');
      expect([status, target]).toEqual([
        isForm ? 303 : expect.any(Number),
        expect.stringContaining('/saved'),
      ]);
      expect(await server().fate(note)).toEqual(handled(note));
    },
  );

  test.for([
    ['fail', 500],
    ['miss', 404],
    ['procedureThatMisses', 404],
  ] as const)('drops its events if it fails: %s', async ([action, status]) => {
    const note = `${how}, ${action}`;
    expect(await run(note, action)).toMatchObject({ status });
    expect(await server().fate(note)).toEqual(dropped(note));
  });
});
