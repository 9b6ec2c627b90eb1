import { describe, expect, it } from 'vitest';
import { noRetry } from '../../src/index.ts';
import { recordEvents } from '../../src/testing/index.ts';
import { e, shopBus, shopCaller, signUpAndFail } from './shop.ts';
import { gate } from '../setup/async.ts';

describe('recordEvents', () => {
  it('lists the events that were dispatched, by pattern, oldest first', async () => {
    const bus = shopBus();
    using events = recordEvents(bus);
    await shopCaller(bus).signUp('ada');
    await bus.publish('order.placed', { id: '1' });
    expect(events.dispatched().map(({ name }) => name)).toEqual([
      'user.created',
      'mail.sent',
      'order.placed',
    ]);
    expect(events.dispatched('user.*')).toMatchObject([
      { name: 'user.created', path: 'signUp', payload: { id: 'ada', email: 'ada@example.org' } },
    ]);
    expect(events.dispatched(['*', '!user.*']).map(({ name }) => name)).toEqual([
      'mail.sent',
      'order.placed',
    ]);
    expect(events.dispatched('user.deleted')).toEqual([]);
  });

  it('lists the events that were dropped, with the reason', async () => {
    const bus = shopBus();
    using events = recordEvents(bus);
    await shopCaller(bus)
      .fail('ada')
      .catch(() => {});
    bus.enabled = false;
    await shopCaller(bus).signUp('bob');
    expect(events.discarded()).toMatchObject([
      { event: { name: 'user.deleted', payload: { id: 'ada' } }, reason: 'failed' },
      { event: { name: 'user.created', payload: { id: 'bob' } }, reason: 'disabled' },
    ]);
    expect(events.discarded('user.deleted')).toHaveLength(1);
    expect(events.dispatched('user.deleted')).toHaveLength(1);
  });

  it('lists which listener handled an event, and which failed with what error', async () => {
    const bus = shopBus();
    using events = recordEvents(bus);
    await shopCaller(bus).signUp('ada');
    const [event] = events.dispatched('user.created');
    expect(events.handled()).toEqual([
      { event, listener: 'welcome', attempt: 1 },
      { event, listener: 'audit', attempt: 1 },
    ]);
    expect(events.handled('mail.sent')).toEqual([]);
    expect(events.failed()).toEqual([
      {
        event: events.dispatched('mail.sent')[0],
        listener: 'count',
        attempt: 1,
        error: new Error('It fails.'),
        delay: undefined,
      },
    ]);
    expect(events.failed('user.*')).toEqual([]);
  });

  it('lists each attempt of a retried listener, with the wait before the next', async () => {
    const router = e.router();
    const given: (Error | undefined)[] = [new Error('first'), undefined, noRetry('other')];
    router.on(
      'order.placed',
      ({ ctx, attempt }) => {
        ctx.dispatch('mail.sent', { to: `attempt ${attempt}` });
        const error = given.shift();
        if (error !== undefined) throw error;
      },
      { name: 'bill', retry: { attempts: 3, minDelay: 3, jitter: 0 } },
    );
    const bus = shopBus({ handlers: [router] });
    using events = recordEvents(bus);
    await bus.publish('order.placed', { id: '1' });
    await bus.publish('order.placed', { id: '2' });
    const [one, two] = events.dispatched('order.placed');
    expect(events.failed()).toEqual([
      { event: one, listener: 'bill', attempt: 1, error: new Error('first'), delay: 3 },
      { event: two, listener: 'bill', attempt: 1, error: noRetry('other'), delay: undefined },
    ]);
    expect(events.handled()).toEqual([{ event: one, listener: 'bill', attempt: 2 }]);
    expect(events.discarded().map(({ event, reason }) => [event.payload, reason])).toEqual([
      [{ to: 'attempt 1' }, 'attempt-failed'],
      [{ to: 'attempt 1' }, 'attempt-failed'],
    ]);
    expect(String(events)).toBe(
      [
        'order.placed { id: "1", at: 1970-01-01T00:00:00.000Z }',
        '└─ ✓ bill (2 attempts)',
        '   ├─ mail.sent { to: "attempt 1" } (dropped: attempt-failed)',
        '   └─ mail.sent { to: "attempt 2" } (unhandled)',
        'order.placed { id: "2", at: 1970-01-01T00:00:00.000Z }',
        '└─ ✗ bill: EventsError: It is not worth a retry: other',
        '   └─ mail.sent { to: "attempt 1" } (dropped: attempt-failed)',
      ].join('\n'),
    );
    expect(events.outline()).toBe(
      [
        'order.placed',
        '└─ ✓ bill (2 attempts)',
        '   ├─ mail.sent (dropped: attempt-failed)',
        '   └─ mail.sent (unhandled)',
        'order.placed',
        '└─ ✗ bill',
        '   └─ mail.sent (dropped: attempt-failed)',
      ].join('\n'),
    );
  });

  it('tells the events that failed in a handleMany from the others', async () => {
    const bus = shopBus({
      handlers: [
        {
          name: 'batch',
          handleMany: ([, second]) => ({ failures: [{ id: second!.id, error: new Error('full') }] }),
        },
      ],
    });
    using events = recordEvents(bus);
    await bus.scope(({ dispatch }) => {
      for (const id of ['1', '2', '3']) dispatch('user.deleted', { id });
    });
    const [one, two, three] = events.dispatched();
    expect(events.handled().map(({ event }) => event)).toEqual([one, three]);
    expect(events.failed()).toMatchObject([{ event: two, listener: 'batch', error: new Error('full') }]);
  });

  it('shows an event that a handleMany dispatched once, below the first of the events it was given', async () => {
    const bus = shopBus({
      handlers: [
        { name: 'batch', events: 'user.*', handleMany: () => e.dispatch('mail.sent', { to: 'all' }) },
      ],
    });
    using events = recordEvents(bus);
    await bus.scope(({ dispatch }) => {
      for (const id of ['1', '2']) dispatch('user.deleted', { id });
    });
    expect(String(events)).toBe(
      [
        'user.deleted { id: "1" }',
        '└─ ✓ batch',
        '   └─ mail.sent { to: "all" } (unhandled)',
        'user.deleted { id: "2" }',
        '└─ ✓ batch',
      ].join('\n'),
    );
  });

  it('lists an event as failed with attempt 0 if the bus closed before its first attempt', async () => {
    const { promise, open } = gate();
    const router = e.router();
    router.on('user.deleted', () => promise, { name: 'slow', concurrency: 1 });
    const bus = shopBus({ handlers: [router] });
    using events = recordEvents(bus);
    void bus.publish('user.deleted', { id: '1' });
    void bus.publish('user.deleted', { id: '2' });
    await expect(bus.close({ timeout: 1 })).rejects.toThrow('there still runs');
    open();
    await bus.close();
    expect(events.handled().map(({ event }) => event.payload)).toEqual([{ id: '1' }]);
    expect(events.failed()).toMatchObject([
      { event: { payload: { id: '2' } }, listener: 'slow', attempt: 0, error: { code: 'CLOSED' } },
    ]);
  });

  it('lists an aborted delivery, which had no attempt, beside an earlier success of the same event', async () => {
    const router = e.router();
    router.on('user.deleted', () => {}, { name: 'slow', timeout: 1000 });
    const bus = shopBus({ handlers: [router] });
    using events = recordEvents(bus);
    const envelope = { id: 'a', name: 'user.deleted', payload: { id: '1' }, time: new Date() };
    await bus.deliver(envelope);
    await bus.deliver(envelope, { signal: AbortSignal.abort(new Error('gone')) });
    expect(events.handled()).toMatchObject([{ listener: 'slow', attempt: 1 }]);
    expect(events.failed()).toMatchObject([{ listener: 'slow', attempt: 0, error: new Error('gone') }]);
    expect(String(events)).toBe('user.deleted { id: "1" }\n├─ ✓ slow\n└─ ✗ slow: Error: gone');
  });

  it('lists the events that no handler takes', async () => {
    const bus = shopBus();
    using events = recordEvents(bus);
    await bus.publish('cache.cleared');
    expect(events.unhandled()).toEqual(events.dispatched('cache.cleared'));
    expect(events.unhandled('user.*')).toEqual([]);
  });

  it('shows which event caused which', async () => {
    const bus = shopBus();
    using events = recordEvents(bus);
    await signUpAndFail(bus);
    await bus.publish('cache.cleared');
    const [created, sent, deleted, cleared] = events.dispatched();
    const none = { discarded: undefined, unhandled: false, listeners: [] };
    const handled = { outcome: 'handled', attempts: 1, error: undefined, events: [] };
    expect(events.tree()).toEqual([
      {
        ...none,
        event: created,
        listeners: [
          {
            ...handled,
            listener: 'welcome',
            events: [
              {
                ...none,
                event: sent,
                listeners: [
                  { ...handled, listener: 'count', outcome: 'failed', error: new Error('It fails.') },
                ],
              },
            ],
          },
          { ...handled, listener: 'audit' },
        ],
      },
      { ...none, event: deleted, discarded: 'failed' },
      { ...none, event: cleared, unhandled: true },
    ]);
    expect(String(events)).toBe(
      [
        'user.created { id: "ada", email: "ada@example.org" }',
        '├─ ✓ welcome',
        '│  └─ mail.sent { to: "ada@example.org" }',
        '│     └─ ✗ count: Error: It fails.',
        '└─ ✓ audit',
        'user.deleted { id: "bob" } (dropped: failed)',
        'cache.cleared (unhandled)',
      ].join('\n'),
    );
  });

  it('shows a listener that is still running', async () => {
    const { promise, open } = gate();
    const router = e.router();
    router.on('user.deleted', () => promise, { name: 'slow' });
    const bus = shopBus({ handlers: [router] });
    using events = recordEvents(bus);
    void bus.publish('user.deleted', { id: '1' });
    expect(String(events)).toBe('user.deleted { id: "1" }\n└─ … slow');
    expect(events.handled()).toEqual([]);
    open();
    await bus.drain();
    expect(String(events)).toBe('user.deleted { id: "1" }\n└─ ✓ slow');
  });

  it('shows an event that came from a queue, but does not list it as dispatched', async () => {
    const bus = shopBus();
    using events = recordEvents(bus);
    const envelope = { id: 'a', name: 'user.created', payload: { id: '1' }, time: new Date() };
    const { event } = await bus.deliver(envelope);
    await bus.deliver(envelope);
    expect(events.dispatched().map(({ name }) => name)).toEqual(['mail.sent', 'mail.sent']);
    expect(events.handled('user.*')).toHaveLength(4);
    expect(events.handled('user.*')[0]).toEqual({ event, listener: 'welcome', attempt: 1 });
    events.none('user.*');
    expect(events.tree()).toHaveLength(1);
    expect(events.tree()[0]!.listeners.map(({ listener }) => listener)).toEqual([
      'welcome',
      'audit',
      'welcome',
      'audit',
    ]);
  });
});
