import * as v from 'valibot';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, unchecked } from '../../../src/index.ts';
import { collector, untyped } from '../shop.ts';

const shape = {
  'by.hand': unchecked<unknown>(),
  'by.zod': z.object({ user: z.object({ name: z.string() }) }),
  'by.valibot': v.object({ user: v.object({ name: v.string() }) }),
};
const e = initEvents.create(defineEvents(shape));

const throwing = {
  get name(): string {
    throw new RangeError('top secret');
  },
};
const revoked = Proxy.revocable({}, {});
revoked.revoke();

/** Moves a buffer's bytes to another buffer, and returns the emptied one. */
function transferred(buffer: ArrayBuffer): ArrayBuffer {
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}
const emptied = new Uint8Array(2);
transferred(emptied.buffer);
const nameless = {
  get name(): string {
    throw Object.create(Error.prototype, { constructor: { value: undefined } });
  },
};

it.each<[keyof typeof shape, unknown, string]>([
  ['by.hand', { user: throwing }, ', at user.name: it threw RangeError'],
  ['by.hand', throwing, ', at name: it threw RangeError'],
  ['by.hand', [1, { list: [throwing] }], ', at [1].list[0].name: it threw RangeError'],
  ['by.hand', new Map([['a', throwing]]), ', at [0].name: it threw RangeError'],
  ['by.hand', { a: new Set([throwing]) }, ', at a[0].name: it threw RangeError'],
  ['by.hand', { proxy: revoked.proxy }, ', at proxy: it threw TypeError'],
  ['by.hand', { day: new Proxy(new Date(), {}) }, ', at day: it threw TypeError'],
  ['by.hand', { day: [Object.create(Date.prototype)] }, ', at day[0]: it threw TypeError'],
  ['by.hand', { bytes: transferred(new ArrayBuffer(2)) }, ', at bytes: it threw TypeError'],
  ['by.hand', { bytes: emptied }, ', at bytes: it threw TypeError'],
  ['by.hand', nameless, ', at name: it threw an Error'],
  ['by.zod', { user: throwing }, ', at user.name: it threw RangeError'],
  ['by.valibot', { user: throwing }, ', at user.name: it threw RangeError'],
])(
  'A payload that throws when it is read is refused with its path: %s, %#.',
  async (name, payload, where) => {
    const seen = collector();
    await using bus = e.bus({ handlers: [seen.handler] });
    const scope = bus.scope(({ dispatch }) => untyped(dispatch)(name, payload));
    await expect(scope).rejects.toMatchObject({
      code: 'INVALID_PAYLOAD',
      message: `The payload of "${name}" can't be read${where}.`,
    });
    expect(seen.events).toEqual([]);
  },
);

it('Meta that throws when it is read is refused with META_FAILED, and its path.', async () => {
  await using bus = e.bus({ handlers: [] });
  await expect(bus.publish('by.hand', 1, { meta: { user: throwing } })).rejects.toMatchObject({
    code: 'META_FAILED',
    message: "The meta of an event can't be read, at user.name: it threw RangeError.",
  });
});
