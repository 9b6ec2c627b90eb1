import { shorten } from '../text/own.ts';

const LONGEST_NAME = 300;

/** A call of `handleMany` is an attempt on each of its events. */
export function attemptOf(id: string, i: number): string {
  return i === 0 ? id : `${id}.${i}`;
}

/** The names of listeners are those of the application, which has them anyway. */
export function nameOf(text: string): string {
  return text.length <= LONGEST_NAME ? text : named(text);
}

/** Returns a name from outside, cut to what is kept of one. */
export function named(text: string): string {
  return shorten(text, LONGEST_NAME);
}

/** Paths come with each request, often as a part of its whole address. */
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
