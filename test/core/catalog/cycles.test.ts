import { expect, it } from 'vitest';
import { collector, e } from '../shop.ts';

interface Node {
  [key: string]: unknown;
}
function cyclic(build: (top: Node) => void): Node {
  const top: Node = {};
  build(top);
  return top;
}
const loop: unknown[] = [];
loop.push(loop);

it.each<[string, unknown, string]>([
  ['itself', cyclic((top) => (top['self'] = top)), ', at self'],
  ['a parent', cyclic((top) => (top['child'] = { parent: top })), ', at child.parent'],
  ['a list of children', cyclic((top) => (top['list'] = [1, { parent: top }])), ', at list[1].parent'],
  ['a list in itself', loop, ', at [0]'],
  ['a Map in itself', cyclic((top) => (top['map'] = new Map([['a', top]]))), ', at map[0]'],
  ['a Set in itself', cyclic((top) => (top['set'] = new Set([top]))), ', at set[0]'],
  [
    'a cycle below the top',
    { a: { b: cyclic((top) => (top['c'] = { back: top })) }, z: 1 },
    ', at a.b.c.back',
  ],
  [
    'a cycle after a large tree',
    { tree: Array.from({ length: 1000 }, (_, i) => ({ i })), node: cyclic((top) => (top['me'] = top)) },
    ', at node.me',
  ],
  ['an own __proto__ that leads back', withProto(), ', at __proto__.back'],
])('A payload that contains itself is refused, and the path is given: %s.', async (_, payload, at) => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  const scope = bus.scope(({ dispatch }) => {
    dispatch('cat.spotted', 'first');
    dispatch('cat.spotted', payload);
  });
  await expect(scope).rejects.toMatchObject({
    code: 'INVALID_PAYLOAD',
    message: `The payload of "cat.spotted" contains itself${at}: it must be a tree. Send an id in place of the back reference.`,
  });
  expect(seen.events).toEqual([]);
});

it('A cycle through a class instance is accepted, because instances are passed by reference.', async () => {
  class User {
    friend: unknown;
  }
  const user = new User();
  user.friend = { user };
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  await bus.publish('cat.spotted', { user });
  expect(seen.payloads).toEqual([{ user }]);
  await expect(bus.publish('cat.spotted', { user, deep: nested(300) })).rejects.toThrow('nested deeper');
});

it('A cycle in meta is refused with META_FAILED.', async () => {
  await using bus = e.bus({ handlers: [collector().handler] });
  const meta = cyclic((top) => (top['self'] = top));
  await expect(bus.publish('cat.spotted', 1, { meta })).rejects.toMatchObject({
    code: 'META_FAILED',
    message: expect.stringContaining('The meta of an event contains itself, at self'),
  });
});

function nested(levels: number): unknown {
  let tree: unknown = 'leaf';
  for (let i = 0; i < levels; i++) tree = i % 2 === 0 ? { child: tree } : [tree];
  return tree;
}

it('A payload may be 200 levels deep; a deeper one is refused with INVALID_PAYLOAD, not with a stack overflow.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  await bus.publish('cat.spotted', nested(200));
  expect(seen.payloads).toEqual([nested(200)]);
  for (const levels of [202, 100_000]) {
    await expect(bus.publish('cat.spotted', nested(levels))).rejects.toMatchObject({
      code: 'INVALID_PAYLOAD',
      message:
        'The payload of "cat.spotted" is nested deeper than 200 levels. Send what the listeners need, not the whole tree.',
    });
  }
});

function withProto(): unknown {
  const payload = JSON.parse('{"__proto__":{}}') as object;
  (Object.getOwnPropertyDescriptor(payload, '__proto__')!.value as Node)['back'] = payload;
  return payload;
}
