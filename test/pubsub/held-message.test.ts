import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import { HeldMessage } from '../../src/pubsub/receive/held-message.ts';

const lineOf = (id: string, orderingKey: string, lane: number, isOrdered = true) => {
  const delivery = { id, ackId: id, data: Buffer.from(''), attributes: {}, orderingKey, received: 0, nack() {}, ackWithResponse: () => Promise.resolve() }; // prettier-ignore
  return new HeldMessage(delivery, { isOrdered, lane }).line;
};

it('The messages of a key share a line, if one stream has brought them.', () => {
  expect(lineOf('a', 'x', 0)).toBe(lineOf('b', 'x', 0));
  expect(lineOf('a', 'x', 0)).not.toBe(lineOf('b', 'y', 0));
  // The order in which two streams bring messages means nothing.
  expect(lineOf('a', 'x', 0)).not.toBe(lineOf('b', 'x', 1));
});

it('A message without an order has a line of its own, in whichever stream it comes.', () => {
  expect(lineOf('a', '', 0)).toBe(lineOf('a', '', 1));
  expect(lineOf('a', 'x', 0, false)).toBe(lineOf('a', 'x', 1, false));
  expect(lineOf('a', 'x', 0, false)).not.toBe(lineOf('b', 'x', 0, false));
});
