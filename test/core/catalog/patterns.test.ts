import { expect, it } from 'vitest';
import { defineEvents, initEvents, unchecked } from '../../../src/index.ts';
import { collector } from '../shop.ts';

const NAMES = [
  'user.created',
  'user.deleted',
  'user.created.v2',
  'user.a.b',
  'order.placed',
  'order.paid',
  'userx',
  'user',
  'a-b:c_D.1',
  'User.created',
];
const e = initEvents.create(defineEvents(Object.fromEntries(NAMES.map((name) => [name, unchecked<0>()]))));
const users = ['user.created', 'user.deleted', 'user.created.v2', 'user.a.b'];
const without = (...names: string[]) => NAMES.filter((name) => !names.includes(name));

it.each<[string | string[], string[]]>([
  // Names.
  ['user.created', ['user.created']],
  ['a-b:c_D.1', ['a-b:c_D.1']],
  // Stars cross dots.
  ['*', NAMES],
  ['**', NAMES],
  ['***', NAMES],
  ['user.*', users],
  ['user.**', users],
  ['user*', [...users, 'userx', 'user']],
  ['*.created', ['user.created', 'User.created']],
  ['*created*', ['user.created', 'user.created.v2', 'User.created']],
  ['u*.*2', ['user.created.v2']],
  ['user.*.b', ['user.a.b']],
  ['*.*.*', ['user.created.v2', 'user.a.b']],
  ['*:*', ['a-b:c_D.1']],
  ['*u*r*.*c*d*', ['user.created', 'user.created.v2']],
  // Dots match themselves, and a question mark matches a dot too.
  ['user.?.b', ['user.a.b']],
  ['user?created', ['user.created']],
  // Question marks.
  ['user?', ['userx']],
  ['order.p???', ['order.paid']],
  ['????', ['user']],
  // Braces.
  ['{user,order}.*', [...users, 'order.placed', 'order.paid']],
  ['user.{created,deleted}', ['user.created', 'user.deleted']],
  ['user.created{,.v2}', ['user.created', 'user.created.v2']],
  ['user.{a.b,created.v2}', ['user.a.b', 'user.created.v2']],
  ['{*.paid,user}', ['order.paid', 'user']],
  ['{user.*,order.placed}', [...users, 'order.placed']],
  ['{user,order}.{created,paid}', ['user.created', 'order.paid']],
  ['user.{?.b,x}', ['user.a.b']],
  // Brackets.
  ['user[x]', ['userx']],
  ['[uU]ser.created', ['user.created', 'User.created']],
  ['[A-Z]*', ['User.created']],
  ['[^a-z]*', ['User.created']],
  ['user[^.]', ['userx']],
  ['order.p[a-l]*', ['order.placed', 'order.paid']],
  ['*.[0-9]', ['a-b:c_D.1']],
  ['user[.]a[.]b', ['user.a.b']],
  // Negations.
  ['!user.*', without(...users)],
  ['!user.created', without('user.created')],
  ['!{user,order}.*', ['userx', 'user', 'a-b:c_D.1', 'User.created']],
  // Lists select a name if a positive pattern matches (or none is given) and no negative one does, in any order.
  [
    ['user.created', 'order.*'],
    ['user.created', 'order.placed', 'order.paid'],
  ],
  [
    ['user.*', '!user.created*'],
    ['user.deleted', 'user.a.b'],
  ],
  [
    ['!user.created*', 'user.*'],
    ['user.deleted', 'user.a.b'],
  ],
  [
    ['!user.*', '!order.*'],
    ['userx', 'user', 'a-b:c_D.1', 'User.created'],
  ],
  [
    ['*', '!user.*', '!order.*'],
    ['userx', 'user', 'a-b:c_D.1', 'User.created'],
  ],
  [['user.created'], ['user.created']],
  [['user.created', 'user.created'], ['user.created']],
  [['user.*', '!user.created.v3'], users],
])('The pattern %j selects %j.', async (pattern, expected) => {
  const seen = collector();
  const byHandler = collector({ name: 'handler', events: pattern });
  const router = e.router().on(pattern as '*', ({ event }) => seen.events.push(event));
  await using bus = e.bus({ handlers: [router, byHandler.handler], unhandled: 'ignore' });
  const stream = bus.stream(pattern as '*');
  for (const name of NAMES) await bus.publish(name, 0);
  await bus.close();
  const streamed: string[] = [];
  for await (const { name } of stream) streamed.push(name);
  const sorted = NAMES.filter((name) => expected.includes(name));
  expect({ listener: seen.names, handler: byHandler.names, stream: streamed }).toEqual({
    listener: sorted,
    handler: sorted,
    stream: sorted,
  });
});
