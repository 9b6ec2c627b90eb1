/**
 * UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, 12 bits that count within a millisecond, 62 random bits. They
 * are made here because every dispatch makes one, and the `uuid` package takes ten times as long.
 */

const DIGITS = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** Returns the character code of the lowest hexadecimal digit of a number. */
const hex = (number: number) => DIGITS[number & 15]!;
const DASH = 45;
/** The numbers of the pool that one id takes: one for the count, and four for the random digits. */
const PER_ID = 5;
/** Random numbers, filled on first use, because some platforms refuse randomness while modules load. */
const pool = new Uint16Array(800 * PER_ID);
let used = pool.length;
let lastTime = 0;
let count = 0;
let prefix = '';

/** Makes an id. Ids that this process makes later sort later. A clock before 1970, which tests may set, counts as 1970. */
export function newId(now: number): string {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  const at = used;
  used += PER_ID;
  if (now > lastTime || prefix === '') {
    // The first count is below half of its range, so that many more ids fit into the same millisecond.
    startAt(now, pool[at]! & 0x7ff);
  } else if (++count > 0xfff) {
    startAt(lastTime + 1, 0);
  }
  return prefix + digits(count, pool[at + 1]!, pool[at + 2]!, pool[at + 3]!, pool[at + 4]!);
}

/** Writes the count, the variant and 62 random bits in one call. A string joined from pieces takes four times the memory. */
function digits(count: number, a: number, b: number, c: number, d: number): string {
  return String.fromCharCode(
    hex(count >>> 8),
    hex(count >>> 4),
    hex(count),
    DASH,
    // The variant of RFC 9562: 8, 9, a or b.
    hex(8 + (a >>> 14)),
    hex(a >>> 8),
    hex(a >>> 4),
    hex(a),
    DASH,
    hex(b >>> 12),
    hex(b >>> 8),
    hex(b >>> 4),
    hex(b),
    hex(c >>> 12),
    hex(c >>> 8),
    hex(c >>> 4),
    hex(c),
    hex(d >>> 12),
    hex(d >>> 8),
    hex(d >>> 4),
    hex(d),
  );
}

function startAt(time: number, first: number): void {
  lastTime = Math.max(0, time);
  count = first;
  prefix = timePrefix(lastTime);
}

/** Formats the 48 bits of milliseconds, and the version. A time that they can't hold becomes the nearest that they can. */
function timePrefix(time: number): string {
  const hex = Math.min(Math.max(0, time), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
}
/** Matches the time of a UUIDv7, and the version. */
const TIME = /^[0-9a-f]{8}-[0-9a-f]{4}-7/;

/**
 * Derives the id of an event that a listener chains from one that a queue delivered, so that a redelivery repeats it.
 * The id keeps the time of the cause's id, because the cause's `time` differs if the redelivery dispatches it again. The
 * rest is a hash, so the id has the form of a UUIDv7.
 */
export function derivedId(
  cause: { readonly id: string; readonly time: Date },
  listener: string,
  position: number,
): string {
  const text = `${cause.id}\n${listener}\n${position}`;
  const [a, b, c] = [hash(text, 0x9e3779b9), hash(text, 0x85ebca6b), hash(text, 0xc2b2ae35)];
  const hex = (n: number) => (n >>> 0).toString(16).padStart(8, '0');
  const time = TIME.exec(cause.id)?.[0] ?? timePrefix(cause.time.getTime());
  const variant = (0x8000 | (b & 0x3fff)).toString(16);
  return `${time}${hex(a).slice(5)}-${variant}-${hex(c)}${hex(b).slice(0, 4)}`;
}

/** MurmurHash3, 32 bits, over the UTF-16 code units. Ids are not secrets, so the hash need not resist an attacker. */
function hash(text: string, seed: number): number {
  let h = seed;
  for (let i = 0; i < text.length; i++) {
    let k = Math.imul(text.charCodeAt(i), 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h ^= k;
    h = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64;
  }
  h ^= text.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
