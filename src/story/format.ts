/**
 * Writes a time: `12 ms`, `1.2 s`, `1 min 4 s`, `2 h 5 min`. A time above zero is never `0 ms`.
 *
 * @example
 * ```ts
 * import { duration } from 'trpc-events/inspector/story';
 *
 * duration(64_000); // '1 min 4 s'
 * ```
 */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1000) return `${ms > 0 ? Math.max(1, whole) : 0} ms`;
  if (whole < 59_950) return `${(whole / 1000).toFixed(1)} s`;
  const seconds = Math.round(whole / 1000);
  if (seconds < 3600) return twoUnits(seconds, 60, 'min', 's');
  return twoUnits(Math.round(seconds / 60), 60, 'h', 'min');
}

function twoUnits(of: number, each: number, large: string, small: string): string {
  const rest = of % each;
  return `${Math.floor(of / each)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}

/** Writes how old something is, for a narrow column: `2s`, `1m`, `3h`, `2d`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

/** Writes the times of a column in one unit, that of the longest one. */
export function inOneUnit(times: readonly number[]): readonly string[] {
  const isShort = times.every((ms) => ms < 1000);
  return times.map((ms) => (isShort ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`));
}

/** Writes the time of day in the reader's time zone: `18:04:05.123`. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Shortens an id in the middle: `01a2…9f3c`. An id of up to 12 characters stays whole. */
export function shortId(id: string): string {
  return id.length <= 12 ? visible(id) : visible(`${id.slice(0, 4)}…${id.slice(-4)}`);
}

/** Control characters, characters that turn the direction of text, invisible ones, and halves of surrogate pairs. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|\u115f|\u1160|\u3164|\uffa0/gu;

/** Writes invisible characters as escapes, such as `\u202e`, so that no text can pass for another one. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (sign) => {
    const code = sign.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** Cuts a text that is too long for a line, but never splits a surrogate pair. */
export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…` : text;
}
