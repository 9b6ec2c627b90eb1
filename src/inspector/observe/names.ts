import { shorten } from '../text/own.ts';

const LONGEST_NAME = 300;

/** Returns the id of the attempt on the `i`-th event, because a call of `handleMany` is an attempt on each of its events. */
export function attemptOf(id: string, i: number): string {
  return i === 0 ? id : `${id}.${i}`;
}

/** Returns the name of a listener. A short name is not copied, because the application keeps it anyway. */
export function nameOf(text: string): string {
  return text.length <= LONGEST_NAME ? text : named(text);
}

/** Returns a copy of a name from outside, cut to the length that is kept. */
export function named(text: string): string {
  return shorten(text, LONGEST_NAME);
}

/** The paths seen so far, each kept once. Each request brings its path again, often as a part of its whole address. */
const paths = new Map<string, string>();
const MOST_PATHS = 1000;

export function pathOf(path: string): string {
  let known = paths.get(path);
  if (known === undefined) {
    known = named(path);
    if (paths.size < MOST_PATHS) paths.set(known, known);
  }
  return known;
}
