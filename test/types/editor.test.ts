import { describe, expect, test } from 'vitest';
import { editors, open } from './editor.ts';

const SOURCE = `
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { defineEvent } from '../../src/index.ts';
import { e, forwarder, type Context, type Names } from './app.ts';

const meta = () => ({ tenant: 't' });
const bus = e.bus({ handlers: [], meta });
const router = e.router();
router.on('/*pattern*/', () => {});
router.on(['user.*', '/*item*/'], () => {});
bus.stream('/*stream*/');
e.dispatch('/*name*/', { id: '1' });
e.dispatch('user.created', { /*payload*/ });
e.dispatch('user.deleted', { id: '1' }, { /*options*/ });
router.on('user.*', ({ event, ctx }) => {
  if (event.name === '/*compared*/') return;
  event/*event*/.payload./*member*/;
  ctx.dispatch/*dispatch*/('user.created', { id: '1', email: 'e' });
});
router.on/*on*/('user.deleted', () => {});

e.dispatch('user.craeted', { id: '1' }); /*wrong name*/
e.dispatch('user.deleted'); /*no payload*/
e.dispatch(defineEvent('stranger.came', z.void())()); /*stranger*/
router.on('usr.*', ({ event }) => event.payload.anything); /*no match*/
router.on(['user.*', 'usr.*'], ({ event }) => event.name); /*no match in a list*/
router.on('*', ({ event }: { event: { name: 'user.created' } }) => event); /*too narrow*/
e.bus({ meta, handlers: [forwarder({ queue: 'q', events: 'ordr.*' })] }); /*forwards nothing*/
e.bus({ meta, handlers: [forwarder({ queue: 'q', events: 'text.*' })] }); /*one way*/
initTRPC.create().procedure.use(bus.middleware()); /*poor ctx*/
`;
const names = [
  'user.created',
  'user.deleted',
  'order.placed',
  'order.item.added',
  'cache.cleared',
  'cat.spotted',
  'text.measured',
];
const prefixes = ['*', 'user.*', 'order.*', 'order.item.*', 'cache.*', 'cat.*', 'text.*'];
const union = names.map((name) => `"${name}"`).join(' | ');

describe.for(editors)('an editor with TypeScript $version', ({ ts }) => {
  const editor = open(ts, SOURCE);
  const offered = (cursor: string) => editor.completionsAt(cursor).sort();
  /** Returns the first and the last line of the only error. */
  const errorAt = (cursor: string) => {
    const errors = editor.errorsAt(cursor);
    expect(errors).toHaveLength(1);
    const lines = errors[0]!.split('\n').map((line) => line.trim());
    return { first: lines[0]!, last: lines.at(-1)! };
  };

  test('offers names and prefixes in a pattern', () => {
    const expected = [...names, ...prefixes].sort();
    expect(offered('pattern')).toEqual(expected);
    expect(offered('item')).toEqual(expected);
    expect(offered('stream')).toEqual(expected);
  });

  test('offers names, payload and options in a dispatch', () => {
    expect(offered('name')).toEqual([...names].sort());
    expect(offered('payload')).toEqual(['at', 'email', 'id']);
    expect(offered('options')).toEqual(['key', 'meta', 'when']);
  });

  test('offers the names and the payload that an event of the pattern can have', () => {
    expect(offered('compared')).toEqual(['user.created', 'user.deleted']);
    expect(offered('member')).toEqual(['id']);
  });

  test('shows readable types of events, dispatch and .on', () => {
    expect(editor.hoverAt('event').text).toBe(
      '(parameter) event: TypedEvent<"user.created", { id: string; email: string; at: Date; }, { tenant: string; }> | ' +
        'TypedEvent<"user.deleted", { id: string; }, { tenant: string; }>',
    );
    const dispatch = editor.hoverAt('dispatch');
    expect(dispatch.text).toBe(
      '(property) dispatch: Dispatch <"user.created">(event: "user.created", ' +
        'payload: { id: string; email: string; at?: Date | undefined; }, ' +
        'options?: DispatchOptions<{ tenant: string; }> | undefined) => void',
    );
    expect(dispatch.documentation).toMatch(/^Says that an event happened\./);
    const on = editor.hoverAt('on');
    expect(on.text).toContain(
      '.on<"user.deleted", void>(pattern: "user.deleted", listener: (opts: NoInfer<ListenerArgs<TypedEvent<"user.deleted", { id: string; }',
    );
    expect(on.documentation).toMatch(/^Registers a listener/);
  });

  test('reports a wrong dispatch in one line', () => {
    expect(errorAt('wrong name').first).toBe(
      `Argument of type '"user.craeted"' is not assignable to parameter of type '${union} | EventValue<string, unknown>'.`,
    );
    expect(errorAt('no payload').first).toBe('Expected 2-3 arguments, but got 1.');
    expect(errorAt('stranger').last).toContain('NoEventMatches<"stranger.came">');
  });

  test('reports a pattern that matches nothing once, and at the pattern', () => {
    expect(errorAt('no match').first).toBe(
      `Argument of type 'string' is not assignable to parameter of type 'NoEventMatches<"usr.*">'.`,
    );
    const inList = errorAt('no match in a list').first;
    expect(inList).toContain(`Type '"usr.*"' is not assignable to type '${union} | "*"`);
    expect(inList).toContain(`Did you mean '"user.*"'?`);
    expect(errorAt('too narrow').last).toMatch(
      /^Type '"[a-z.]+"' is not assignable to type '"user.created"'\.$/,
    );
  });

  test('says what is wrong with a handler, and which keys a ctx lacks', () => {
    expect(errorAt('forwards nothing').last).toMatch(/required in type 'NoEventMatches<"ordr\.\*">'\.$/);
    expect(errorAt('one way').last).toMatch(
      /required in type 'SchemaRejectsItsOwnOutput<"text\.measured">'\.$/,
    );
    expect(errorAt('poor ctx').last).toMatch(
      /^Type 'ContextLacks<("db" \| "user"|"user" \| "db")>' is missing the following properties from type 'Promise</,
    );
  });
});
