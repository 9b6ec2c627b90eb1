/**
 * UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, 12 bits that count within a millisecond, 62 random bits. They
 * are made here because every dispatch makes one, and the `uuid` package takes ten times as long.
 */

/** Three hexadecimal digits each. Made when it is first used, as is the pool: a module should cost little to load. */
const HEX: string[] = [];
const VARIANTS = ['-8', '-9', '-a', '-b'];
/** How many numbers of the pool an id takes. */
const PER_ID = 6;
/** Filled when it is first used: some platforms refuse randomness while modules load. */
const pool = new Uint16Array(800 * PER_ID);
let used = pool.length;
let lastTime = 0;
let count = 0;
let prefix = '';

/** A new id: ids that this process makes later sort later. */
export function newId(now: number): string {
  if (used === pool.length) refill();
  const at = used;
  used += PER_ID;
  if (now > lastTime) {
    // Half of the range is left to count up in, within one millisecond.
    startAt(now, pool[at]! & 0x7ff);
  } else if (++count > 0xfff) {
    startAt(lastTime + 1, 0);
  }
  return (
    prefix +
    HEX[count]! +
    VARIANTS[pool[at]! >>> 14]! +
    HEX[pool[at + 1]! & 0xfff]! +
    '-' +
    HEX[pool[at + 2]! & 0xfff]! +
    HEX[pool[at + 3]! & 0xfff]! +
    HEX[pool[at + 4]! & 0xfff]! +
    HEX[pool[at + 5]! & 0xfff]!
  );
}

function refill(): void {
  if (HEX.length === 0) for (let i = 0; i <= 0xfff; i++) HEX.push(i.toString(16).padStart(3, '0'));
  crypto.getRandomValues(pool);
  used = 0;
}

function startAt(time: number, first: number): void {
  lastTime = time;
  count = first;
  prefix = timePrefix(time);
}

/** Formats the 48 bits of milliseconds, and the version. */
function timePrefix(time: number): string {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
}
/** Matches the time of a UUIDv7, and the version. */
const TIME = /^[0-9a-f]{8}-[0-9a-f]{4}-7/;

/**
 * Derives the id of an event that a listener chains from one that a queue delivered, so that a redelivery repeats it.
 * The id keeps the time of the cause's id (the cause's `time` may be that of its dispatch, which comes again) and takes
 * the rest from a hash, so it has the form of a UUIDv7.
 */
export function derivedId(
  cause: { readonly id: string; readonly time: Date },
  listener: string,
  position: number,
): string {
  const text = `${cause.id}\n${listener}\n${position}`;
  const [a, b, c] = [hash(text, 0x9e3779b9), hash(text, 0x85ebca6b), hash(text, 0xc2b2ae35)];
  const hex = (n: number) => (n >>> 0).toString(16).padStart(8, '0');
  const time =
    TIME.exec(cause.id)?.[0] ?? timePrefix(Math.min(Math.max(0, cause.time.getTime()), 2 ** 48 - 1));
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
