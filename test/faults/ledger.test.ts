import { expect, it } from 'vitest';
import { Ledger } from './ledger.ts';

/** Two events of one flush, which two listeners are to handle. */
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

it('Where all was handled once, in order, nothing is wrong.', () => {
  expect(handle(ledger(), ...ALL).verdicts(true)).toEqual([]);
  // Different listeners don't wait for each other.
  expect(handle(ledger(), 'a mail', 'b mail', 'a audit', 'b audit').verdicts(true)).toEqual([]);
});

it('What was not handled is lost, or stuck where the bus is not done; what was given up is neither.', () => {
  const missing = handle(ledger(), 'a mail', 'a audit', 'b mail');
  expect(missing.verdicts(true)).toEqual([{ kind: 'lost', token: 'b', listener: 'audit' }]);
  expect(missing.verdicts(false)).toEqual([{ kind: 'stuck', token: 'b', listener: 'audit' }]);
  missing.giveUp('b', 'audit');
  expect(missing.verdicts(true)).toEqual([]);
  expect(missing.counts).toEqual({ accepted: 2, handled: 3, givenUp: 1 });
});

it('Where all was handled, and the bus is not done, the end is stuck.', () => {
  expect(handle(ledger(), ...ALL).verdicts(false)).toEqual([
    { kind: 'stuck', token: 'no event', listener: 'the end' },
  ]);
});

it('What no call that succeeded has dispatched is a ghost; so is what another listener was to handle.', () => {
  expect(handle(ledger(), ...ALL, 'c mail', 'a other').verdicts(true)).toEqual([
    { kind: 'ghost', token: 'c', listener: 'mail' },
    { kind: 'ghost', token: 'a', listener: 'other' },
  ]);
});

it('What one listener has handled twice is a duplicate, named once.', () => {
  expect(handle(ledger(), ...ALL, 'b audit', 'b audit').verdicts(true)).toEqual([
    { kind: 'duplicate', token: 'b', listener: 'audit' },
  ]);
});

it('What was handled and given up, too, is a duplicate; given up and never dispatched, a ghost.', () => {
  const both = handle(ledger(), ...ALL);
  both.giveUp('a', 'mail');
  both.giveUp('c', 'mail');
  expect(both.verdicts(true)).toEqual([
    { kind: 'duplicate', token: 'a', listener: 'mail' },
    { kind: 'ghost', token: 'c', listener: 'mail' },
  ]);
});

it('Two events of one token are a mistake of the recipe.', () => {
  expect(() => ledger().accept('a', 'other', ['mail'])).toThrow('Two events have the token a');
});

it('What one listener has handled in another order is reordered, within one flush alone.', () => {
  expect(handle(ledger(), 'b mail', 'a mail', 'a audit', 'b audit').verdicts(true)).toEqual([
    { kind: 'reordered', token: 'a', listener: 'mail' },
  ]);
  const flushes = new Ledger();
  flushes.accept('a', 'one', ['mail']);
  flushes.accept('b', 'other', ['mail']);
  expect(handle(flushes, 'b mail', 'a mail').verdicts(true)).toEqual([]);
});
