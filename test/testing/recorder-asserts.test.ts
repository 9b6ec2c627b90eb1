import { describe, expect, it } from 'vitest';
import { recordEvents } from '../../src/testing/index.ts';
import { thrownBy, untyped } from '../core/shop.ts';
import { e, shopBus, shopCaller, shopRouter, signUpAndFail } from './shop.ts';
import { gate } from '../setup/async.ts';

describe('only', () => {
  it('returns the one event that was dispatched and not dropped', async () => {
    const bus = shopBus();
    using events = recordEvents(bus);
    await signUpAndFail(bus);
    expect(events.only('user.*')).toBe(events.dispatched('user.created')[0]);
    expect(events.only('user.*', { payload: { id: 'ada' }, path: 'signUp' }).name).toBe('user.created');
    expect(events.only('*', { payload: { to: expect.stringContaining('@') } }).name).toBe('mail.sent');
  });

  it('throws if no event matches, and lists what was dispatched', async () => {
    const bus = shopBus();
    using events = recordEvents(bus);
    await signUpAndFail(bus);
    expect(thrownBy(() => events.only('user.deleted'))).toEqual(
      new Error(
        [
          'Expected one event "user.deleted", and there is none. This was dispatched:',
          '  user.created { id: "ada", email: "ada@example.org" }',
          '  mail.sent { to: "ada@example.org" }',
          '  user.deleted { id: "bob" } (dropped: failed)',
        ].join('\n'),
      ),
    );
    expect(() => events.only('user.created', { payload: { id: 'bob', email: expect.any(String) } })).toThrow(
      'Expected one event "user.created" like { payload: { id: "bob", email: Any<String> } }, and there is none.',
    );
  });

  it('throws if nothing was dispatched, or if several events match, of which it lists 50', async () => {
    const bus = shopBus();
    using events = recordEvents(bus);
    expect(() => events.only('user.created')).toThrow(
      /^Expected one event "user.created", and there is none. Nothing was dispatched yet. Await the call first, and record the bus whose middleware its procedure has.$/,
    );
    for (let i = 0; i < 60; i++) await bus.publish('user.deleted', { id: `${i}` });
    expect(() => events.only(['user.deleted', 'user.created'])).toThrow(
      'Expected one event "user.deleted", "user.created", and there are 60. This was dispatched:\n  user.deleted { id: "0" }\n',
    );
    expect(() => events.only('user.deleted')).toThrow(/\n {2}user.deleted \{ id: "49" \}\n {2}and 10 more$/);
  });

  it('compares values such as Dates by what is in them', async () => {
    const bus = shopBus();
    using events = recordEvents(bus);
    await bus.publish('order.placed', { id: '1', at: new Date(7) });
    expect(events.only('order.placed', { payload: { at: new Date(7) } }).payload.id).toBe('1');
    expect(() => events.only('order.placed', { payload: { at: new Date(8) } })).toThrow('there is none');
  });
});

describe('none', () => {
  it('passes if every event was dropped, and lists what was dispatched if it throws', async () => {
    const bus = shopBus();
    using events = recordEvents(bus);
    events.none();
    await shopCaller(bus)
      .fail('bob')
      .catch(() => {});
    events.none();
    await bus.publish('user.deleted', { id: '1' });
    events.none('user.created');
    events.none('user.deleted', { payload: { id: '2' } });
    expect(() => events.none('user.*')).toThrow(
      'Expected no event "user.*", and there is one. This was dispatched:\n  user.deleted { id: "bob" } (dropped: failed)\n  user.deleted { id: "1" }',
    );
    expect(() => events.none('user.*', { payload: { id: '1' } })).toThrow(
      '"user.*" like { payload: { id: "1" } }',
    );
  });
});

describe('a recorder', () => {
  it('is detached by stop, using and await using, and keeps what it has recorded', async () => {
    const bus = shopBus();
    let kept;
    {
      await using first = recordEvents(bus);
      using second = recordEvents(bus);
      kept = [first, second, recordEvents(bus)];
      await bus.publish('cache.cleared');
    }
    kept[2]!.stop();
    await bus.publish('cache.cleared');
    expect(kept.map((events) => events.dispatched().length)).toEqual([1, 1, 1]);
    await bus.close();
    expect(kept[0]!.dispatched('cache.cleared')).toHaveLength(1);
  });

  it('forgets everything when it is cleared, including attempts that were running then', async () => {
    const { promise, open } = gate();
    const router = e.router();
    router.on('user.deleted', () => promise);
    router.on('user.deleted', () => promise.then(() => Promise.reject(new Error('It fails.'))));
    const bus = shopBus({ handlers: [router] });
    using events = recordEvents(bus);
    void bus.publish('user.deleted', { id: '1' });
    events.clear();
    open();
    await bus.drain();
    expect([events.handled(), events.failed()]).toEqual([[], []]);
    expect(events.tree()).toEqual([]);
    await bus.publish('user.deleted', { id: '2' });
    expect(events.handled()).toHaveLength(1);
  });

  it('changes nothing in the events and results that it sees', async () => {
    const bus = shopBus();
    const plain = await bus.publish('user.created', { id: '1' });
    using events = recordEvents(bus);
    const recorded = await bus.publish('user.created', { id: '1' });
    expect(recorded.failures).toEqual(plain.failures);
    expect(recorded.event).toBe(events.only('user.created'));
    expect(Object.keys(recorded.event)).toEqual(Object.keys(plain.event));
  });

  it('refuses a pattern that matches nothing, and an argument that is not a bus', () => {
    using events = recordEvents(shopBus());
    for (const list of [
      'dispatched',
      'discarded',
      'handled',
      'failed',
      'unhandled',
      'only',
      'none',
    ] as const) {
      expect(() => untyped(events[list] as () => unknown)('usr.*')).toThrow(
        'No event of the catalog matches "usr.*". Did you mean "user.*"?',
      );
    }
    expect(() => untyped(recordEvents)({})).toThrow('recordEvents takes a bus made by e.bus, not an object.');
    expect(() => untyped(recordEvents)(shopRouter())).toThrow('recordEvents takes a bus made by e.bus');
  });
});
