/**
 * UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, 12 bits that count within one, 62 random bits. Made here
 * since a dispatch makes one each, and `uuid`'s takes ten times as long.
 */

const HEX = Array.from({ length: 256 }, (_, i) => (i + 256).toString(16).slice(1));
const POOL = new Uint8Array(8192);
/** Filled when it is first used: some platforms refuse randomness while modules load. */
let used = POOL.length;
let lastTime = 0;
let count = 0;

/** A new id: ids that this process makes later sort later. */
export function newId(now: number): string {
  if (used + 10 > POOL.length) {
    crypto.getRandomValues(POOL);
    used = 0;
  }
  if (now > lastTime) {
    lastTime = now;
    // Half of the range is left to count up in.
    count = ((POOL[used]! & 0x07) << 8) | POOL[used + 1]!;
  } else if (++count > 0xfff) {
    lastTime += 1;
    count = 0;
  }
  const at = used + 2;
  used += 10;
  return (
    prefix(lastTime, count) +
    HEX[(POOL[at]! & 0x3f) | 0x80]! +
    HEX[POOL[at + 1]!]! +
    '-' +
    HEX[POOL[at + 2]!]! +
    HEX[POOL[at + 3]!]! +
    HEX[POOL[at + 4]!]! +
    HEX[POOL[at + 5]!]! +
    HEX[POOL[at + 6]!]! +
    HEX[POOL[at + 7]!]!
  );
}

function prefix(time: number, twelve: number): string {
  const high = Math.floor(time / 0x1000000);
  return (
    HEX[(high >>> 16) & 0xff]! +
    HEX[(high >>> 8) & 0xff]! +
    HEX[high & 0xff]! +
    HEX[(time >>> 16) & 0xff]! +
    '-' +
    HEX[(time >>> 8) & 0xff]! +
    HEX[time & 0xff]! +
    '-' +
    HEX[0x70 | (twelve >>> 8)]! +
    HEX[twelve & 0xff]! +
    '-'
  );
}

/**
 * The id of what a listener chains from an event that a queue delivered: the same whenever it is delivered again.
 * It keeps the time of its cause, and takes the rest from a hash, so it is a UUIDv7 in form.
 */
export function derivedId(
  cause: { readonly id: string; readonly time: Date },
  listener: string,
  position: number,
): string {
  const text = `${cause.id}\n${listener}\n${position}`;
  const [a, b, c] = [hash(text, 0x9e3779b9), hash(text, 0x85ebca6b), hash(text, 0xc2b2ae35)];
  const hex = (n: number) => (n >>> 0).toString(16).padStart(8, '0');
  const variant = (0x8000 | (b & 0x3fff)).toString(16);
  return `${prefix(cause.time.getTime(), a & 0xfff)}${variant}-${hex(c)}${hex(b).slice(0, 4)}`;
}

/** MurmurHash3, 32 bits, over the UTF-16 code units. Ids are not secrets: it need not resist an attacker. */
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
