import { expect, it } from 'vitest';
import { Ledger } from './ledger.ts';

/** Makes a ledger with two events of one flush, which two listeners must handle. */
function ledger() {
  const ledger = new Ledger();
  ledger.accept('a', 'flush', ['mail', 'audit']);
  ledger.accept('b', 'flush', ['mail', 'audit']);
  return ledger;
}
function handle(ledger: Ledger, ...handled: string[]) {
  for (const text of handled) {
    const [token, listener] = text.split(' ') as [string, string];
    ledger.handle(token, listener);
  }
  return ledger;
}
const ALL = ['a mail', 'a audit', 'b mail', 'b audit'];

it('The ledger finds nothing wrong if everything was handled once, in order.', () => {
  expect(handle(ledger(), ...ALL).verdicts(true)).toEqual([]);
  // Different listeners don't wait for each other.
  expect(handle(ledger(), 'a mail', 'b mail', 'a audit', 'b audit').verdicts(true)).toEqual([]);
});

it('An event that was not handled is lost, or stuck if the bus is not done; one that was given up is neither.', () => {
  const missing = handle(ledger(), 'a mail', 'a audit', 'b mail');
  expect(missing.verdicts(true)).toEqual([{ kind: 'lost', token: 'b', listener: 'audit' }]);
  expect(missing.verdicts(false)).toEqual([{ kind: 'stuck', token: 'b', listener: 'audit' }]);
  missing.giveUp('b', 'audit');
  expect(missing.verdicts(true)).toEqual([]);
  expect(missing.counts).toEqual({ accepted: 2, handled: 3, givenUp: 1 });
});

it('The end is stuck if everything was handled but the bus is not done.', () => {
  expect(handle(ledger(), ...ALL).verdicts(false)).toEqual([
    { kind: 'stuck', token: 'no event', listener: 'the end' },
  ]);
});

it('An event that no successful call dispatched is a ghost; so is one that another listener should handle.', () => {
  expect(handle(ledger(), ...ALL, 'c mail', 'a other').verdicts(true)).toEqual([
    { kind: 'ghost', token: 'c', listener: 'mail' },
    { kind: 'ghost', token: 'a', listener: 'other' },
  ]);
});

it('An event that one listener handled more than once is a duplicate, named once.', () => {
  expect(handle(ledger(), ...ALL, 'b audit', 'b audit').verdicts(true)).toEqual([
    { kind: 'duplicate', token: 'b', listener: 'audit' },
  ]);
});

it('An event that was both handled and given up is a duplicate; one given up but never dispatched is a ghost.', () => {
  const both = handle(ledger(), ...ALL);
  both.giveUp('a', 'mail');
  both.giveUp('c', 'mail');
  expect(both.verdicts(true)).toEqual([
    { kind: 'duplicate', token: 'a', listener: 'mail' },
    { kind: 'ghost', token: 'c', listener: 'mail' },
  ]);
});

it('Two events with the same token are a mistake in the recipe.', () => {
  expect(() => ledger().accept('a', 'other', ['mail'])).toThrow('Two events have the token a');
});

it('Events that one listener handled in another order are reordered, but only within one flush.', () => {
  expect(handle(ledger(), 'b mail', 'a mail', 'a audit', 'b audit').verdicts(true)).toEqual([
    { kind: 'reordered', token: 'a', listener: 'mail' },
  ]);
  const flushes = new Ledger();
  flushes.accept('a', 'one', ['mail']);
  flushes.accept('b', 'other', ['mail']);
  expect(handle(flushes, 'b mail', 'a mail').verdicts(true)).toEqual([]);
});
