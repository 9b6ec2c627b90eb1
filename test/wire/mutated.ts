import { messageOf } from './hostile-shop.ts';
import { hostileOf } from './hostile.ts';
import type { Random } from './random.ts';

const TOKENS = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  '-',
  '1e999',
  '0',
  '"__proto__":',
  '"superjson":"{}",',
  String.raw`\u0000`,
  '\uD800',
  '["Date"]',
  '\\"values\\":',
  '\\"set\\"',
  '"data":',
  '\u2028',
  ' ',
];

type Change = (text: string, at: number, random: Random) => string;
const changes: readonly Change[] = [
  (text, at) => text.slice(0, at) + text.slice(at + 1),
  (text, at, random) => text.slice(0, at) + random.of(TOKENS) + text.slice(at),
  (text, at, random) => text.slice(0, at) + random.of(TOKENS) + text.slice(at + 1),
  (text, at, random) =>
    text.slice(0, at) +
    String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(7))) +
    text.slice(at + 1),
  (text, at, random) => text.slice(0, at) + text.slice(at + random.below(60)),
  (text, at, random) =>
    text.slice(0, at) + text.slice(at, at + random.below(60)).repeat(2) + text.slice(at + 1),
  (text, at, random) => {
    const other = random.isLucky(0.5)
      ? JSON.stringify(messageOf(random))
      : hostileOf(random).text.slice(0, 4000);
    return text.slice(0, at) + other.slice(random.below(other.length));
  },
  // Replaces a token by another one of the text, which has the right form, but not for this place.
  (text, _, random) => {
    const tokens = text.match(/\\?"[^"\\]*\\?"|-?\d+/g) ?? [];
    return tokens.length === 0 ? text : text.replace(random.of(tokens), () => random.of(tokens));
  },
];

/** Makes a good message, and changes it blindly. The result may still be a good one. */
export const mutatedOf = (random: Random) => mutate(JSON.stringify(messageOf(random)), random);

/** Changes a text blindly, at one to three places. */
export function mutate(text: string, random: Random): string {
  let changed = text;
  for (let left = 1 + random.below(3); left > 0; left--)
    changed = random.of(changes)(changed, random.below(changed.length), random);
  return changed;
}
