import { expect, test } from 'vitest';
import { batch, computed, effect, signal } from '../../src/page/signals.ts';

test('An effect runs at once, and again when a value has changed that it has read.', () => {
  const seen: number[] = [];
  const value = signal(1);
  const other = signal(1);
  const stop = effect(() => void seen.push(value.value, other.peek()));
  value.value = 2;
  value.value = 2;
  other.value = 5;
  expect(seen).toEqual([1, 1, 2, 1]);
  stop();
  value.value = 3;
  expect(seen).toHaveLength(4);
  expect(value.followers.size).toBe(0);
});

test('Two values that are computed of one change at once, and no reader sees only one of them changed.', () => {
  const value = signal(1);
  const double = computed(() => value.value * 2);
  const triple = computed(() => value.value * 3);
  const seen: string[] = [];
  effect(() => void seen.push(`${double.value} ${triple.value}`));
  value.value = 2;
  batch(() => {
    value.value = 3;
    value.value = 4;
  });
  expect(seen).toEqual(['2 3', '4 6', '8 12']);
});

test('A computed value that stays the same wakes nobody, and is made only when a source has changed.', () => {
  const value = signal(1);
  let made = 0;
  const isLarge = computed(() => (made++, value.value > 10));
  let runs = 0;
  effect(() => (void isLarge.value, void runs++));
  value.value = 2;
  value.value = 3;
  expect([made, runs]).toEqual([3, 1]);
  value.value = 11;
  expect(runs).toBe(2);
  expect([isLarge.peek(), isLarge.value, made]).toEqual([true, true, 4]);
});

test('A follower follows what it has read the last time, and nothing else.', () => {
  const which = signal('a');
  const a = signal(1);
  const b = signal(1);
  let runs = 0;
  effect(() => (void (which.value === 'a' ? a : b).value, void runs++));
  b.value = 2;
  expect(runs).toBe(1);
  which.value = 'b';
  expect([runs, a.followers.size, b.followers.size]).toEqual([2, 0, 1]);
  a.value = 2;
  b.value = 3;
  expect(runs).toBe(3);
});

test('A computed value that nobody follows any longer is kept by nothing.', () => {
  const value = signal(1);
  const computedOfComputed = computed(() => middle.value + 1);
  const middle = computed(() => value.value + 1);
  const stop = effect(() => void computedOfComputed.value);
  expect(value.followers.size).toBe(1);
  stop();
  expect([value.followers.size, middle.followers.size]).toEqual([0, 0]);
  value.value = 5;
  expect(computedOfComputed.peek()).toBe(7);
});

test('An effect ends its last run before the next one, and when it ends itself; it may change values.', () => {
  const value = signal(1);
  const copy = signal(0);
  const told: string[] = [];
  const stop = effect(() => {
    const now = value.value;
    copy.value = now;
    told.push(`begin ${now}`);
    return () => void told.push(`end ${now}`);
  });
  effect(() => void told.push(`copy ${copy.value}`));
  value.value = 2;
  stop();
  expect(told).toEqual(['begin 1', 'copy 1', 'end 1', 'begin 2', 'copy 2', 'end 2']);
});

test('An effect that throws leaves the others as they were.', () => {
  const value = signal(1);
  const seen: number[] = [];
  effect(() => {
    if (value.value === 2) throw new Error('no');
  });
  effect(() => void seen.push(value.value));
  expect(() => (value.value = 2)).toThrow('no');
  value.value = 3;
  expect(seen).toEqual([1, 3]);
});
