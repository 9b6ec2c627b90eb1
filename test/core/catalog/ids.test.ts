import { expect, it, vi } from 'vitest';
import { newId } from '../../../src/core/catalog/id.ts';
import { collector, e } from '../shop.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const timeOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

it('100,000 ids are version 7 UUIDs, unique, and sorted by the time they were made.', () => {
  const ids = Array.from({ length: 100_000 }, () => newId(Date.now()));
  expect(ids.filter((id) => !UUID_V7.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});

it('The first 48 bits of an id are the time in milliseconds.', () => {
  const now = Date.now() + 60_000;
  expect(timeOf(newId(now))).toBe(now);
  expect(timeOf(newId(now + 5000))).toBe(now + 5000);
});

it('Ids stay sorted and unique when the clock stands still or goes back.', () => {
  const now = Date.now() + 120_000;
  const ids = Array.from({ length: 20_000 }, (_, i) => newId(now - (i % 2) * 1000));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !UUID_V7.test(id))).toEqual([]);
  // A millisecond has room for 4,096 ids: further ids borrow the next millisecond.
  expect(timeOf(ids.at(-1)!) - now).toBeLessThan(10);
});

it('Each of the 62 random bits of an id is set in about half of the ids.', () => {
  const set = Array.from({ length: 62 }, () => 0);
  const many = 4000;
  for (let i = 0; i < many; i++) {
    const id = newId(Date.now());
    const bits = BigInt(`0x${id.slice(19).replace('-', '')}`)
      .toString(2)
      .padStart(64, '0')
      .slice(2);
    for (let bit = 0; bit < 62; bit++) set[bit]! += Number(bits[bit]);
  }
  // The tolerance is ten standard deviations, so that chance does not fail the test.
  for (const count of set) expect(Math.abs(count - many / 2)).toBeLessThan(10 * Math.sqrt(many / 4));
});

it('Event ids sort in the order of dispatch, and the time of an event is the moment of its dispatch.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2050-01-01T00:00:00.000Z') });
  try {
    await bus.scope(async ({ dispatch }) => {
      for (let i = 0; i < 5; i++) {
        dispatch('cat.spotted', i);
        vi.setSystemTime(Date.now() + 1000);
      }
    });
  } finally {
    vi.useRealTimers();
  }
  const ids = seen.events.map(({ id }) => id);
  expect(ids.toSorted()).toEqual(ids);
  expect(ids.map(timeOf)).toEqual(seen.events.map(({ time }) => time.getTime()));
  expect(seen.events[1]!.time).toEqual(new Date('2050-01-01T00:00:01.000Z'));
});

it.each([0, -5, -1e15, 1])('An id is a UUID of version 7 when the clock begins at %i.', async (now) => {
  vi.resetModules();
  const { newId: newIdOfNewModule } = await import('../../../src/core/catalog/id.ts');
  const ids = [newIdOfNewModule(now), newIdOfNewModule(now), newIdOfNewModule(now + 1)];
  expect(ids.filter((id) => !UUID_V7.test(id))).toEqual([]);
  expect(ids.toSorted()).toEqual(ids);
  expect(timeOf(ids[0]!)).toBe(Math.max(0, now));
});
