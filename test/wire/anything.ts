/** Makes a random value of any kind that can travel in a message. */
export function anything(random: () => number, depth: number): unknown {
  const pick = Math.floor(random() * (depth > 4 ? 12 : 17));
  const few = () => Array.from({ length: Math.floor(random() * 4) });
  // No key is a single backslash: once V8's JSON.parse (13.6 to 14.6) has seen one, it takes the key "\n" for it.
  const text = () =>
    ['', 'a', 'a.b', 'c\\d', '0', 'é€😀', 'toString', 'json', '\n'][Math.floor(random() * 9)]!;
  switch (pick) {
    case 0:
      return undefined;
    case 1:
      return null;
    case 2:
      return random() < 0.5;
    case 3:
      return [Number.NaN, -0, Infinity, -Infinity][Math.floor(random() * 4)];
    case 4:
    case 5:
      return Math.round(random() * 1e9) / 100;
    case 6:
      return BigInt(Math.round(random() * 1e15)) ** 2n * (random() < 0.5 ? 1n : -1n);
    case 7:
      return new Date(Math.round(random() * 4e12));
    case 8:
      return new URL(`https://example.org/${encodeURIComponent(text())}`);
    case 9:
      return new Uint8Array(few().map(() => random() * 256));
    case 10:
    case 11:
      return text();
    case 12:
      return new Map(few().map(() => [anything(random, depth + 1), anything(random, depth + 1)]));
    case 13:
      return new Set(few().map(() => anything(random, depth + 1)));
    case 14:
      return few().map(() => anything(random, depth + 1));
    default:
      return Object.fromEntries(few().map(() => [text(), anything(random, depth + 1)]));
  }
}
