import { messageOf, SECRET, setPart, type Message } from './hostile-shop.ts';
import type { Random } from './random.ts';
import { forgeRevivals } from './hostile-revivals.ts';

export interface Hostile {
  /** The kinds of harm that were done to a good message, in this order. */
  readonly kinds: readonly string[];
  readonly text: string;
}

/** Harms a message so that it must be refused, whatever was done to it before. May return a detail of the kind. */
type Harm = (message: Message, random: Random) => string | void;
type TextHarm = (text: string, random: Random) => string;

const PROTOTYPE_KEYS = ['__proto__', 'constructor', 'prototype'];
const NO_TEXTS = [7, true, [SECRET], { of: SECRET }];
const NO_IDS = ['', `${SECRET}\n${SECRET}`, 'a\u0000b', 'x'.repeat(5000), ...NO_TEXTS];

const ATTRIBUTES: Readonly<Record<string, readonly unknown[]>> = {
  specversion: [undefined, null, '0.3', '1', '1.1', 1, SECRET],
  id: [undefined, null, ...NO_IDS],
  type: [
    undefined,
    null,
    'user.creatd',
    'user.*',
    'toString',
    '__proto__',
    'constructor',
    'cat.spotted ',
    ...NO_IDS,
  ],
  source: NO_TEXTS,
  time: ['', SECRET, '2026', '2026-13-45T00:00:00Z', '+999999-01-01T00:00:00Z', 1.5e12, ...NO_TEXTS],
  datacontenttype: ['text/xml', 'application/jsonp', 'application/octet-stream', '', ...NO_TEXTS],
  data_base64: ['', 'AAAA', null, 7],
  correlationid: NO_IDS.slice(1),
  causationid: NO_IDS.slice(1),
  procedure: NO_IDS.slice(1),
  partitionkey: NO_TEXTS,
  depth: [-1, 17, 1e9, 2 ** 53, 1e300, 1.5, '1', true, [], {}, SECRET],
  meta: ['', '{', 'null', '7', '[]', `"${SECRET}"`, '{}', `{"tenant":7}`, ...NO_TEXTS],
  superjson: [
    '',
    '{',
    'null',
    '7',
    '[]',
    '{"data":7}',
    '{"data":null}',
    '{"of":{}}',
    '{"data":{"values":{}}}',
    ...NO_TEXTS,
  ],
};

const harms: Readonly<Record<string, Harm>> = {
  attribute(message, random) {
    const name = random.of(Object.keys(ATTRIBUTES));
    if (name === 'meta' || name === 'superjson') setPart(message, 'data', [SECRET]);
    message[name] = random.of(ATTRIBUTES[name]!);
  },
  'prototype key'(message, random) {
    const key = random.of(PROTOTYPE_KEYS);
    const polluted = { polluted: SECRET };
    const value = random.of<unknown>([polluted, { prototype: polluted }, 7, null, [], { toString: 1 }]);
    const evil = withKey(key, value);
    const part = random.of(['message', 'data', 'meta', 'superjson']);
    if (part === 'message')
      Object.defineProperty(message, key, { value, enumerable: true, configurable: true });
    else if (part === 'superjson')
      setPart(message, 'data', [SECRET], { values: withKey(key, value, {}), v: 1 });
    else setPart(message, part, buried(evil, random));
  },
  'wrong payload'(message, random) {
    const name = random.of(['user.created', 'order.placed', 'tree.grown', 'pet.named', 'pet.moved']);
    Object.assign(message, messageOf(random, name));
    const data = message['data'] as Record<string, unknown>;
    const key = random.of(Object.keys(data));
    data[key] = random.of(
      [undefined, null, -1, [[SECRET]], { length: SECRET }, `${SECRET}, but longer`].filter(
        (v) => typeof v !== typeof data[key] || Array.isArray(v) !== Array.isArray(data[key]),
      ),
    );
    if (name === 'user.created' && random.isLucky(0.05))
      data['tags'] = Array.from({ length: random.below(24_000) + 1 }, (_, i) => i);
  },
  'wrong meta'(message, random) {
    setPart(message, 'data', [SECRET]);
    message['meta'] = JSON.stringify({ tenant: SECRET, since: random.of([7, SECRET, null, '2026-01-01']) });
  },
  'deep data'(message, random) {
    setPart(message, 'data', SECRET);
    nested.set(message, [random.below(20_000) + 203, random.of(['[', '{"a":', '[{"a":', '[0,'])]);
  },
  'too many values'(message, random) {
    const item = random.of([0, '', null, {}, [], { a: 1 }]);
    const many = Array.from({ length: 26_000 + random.below(50_000) }, () => item);
    setPart(message, random.of(['data', 'meta']), many);
  },
  'too many keys'(message, random) {
    const start = random.below(1e9);
    const prefix = random.of(['', 'k', '-', '0']);
    const keys = Array.from({ length: 26_000 + random.below(20_000) }, (_, i) => `${prefix}${start + i * 7}`);
    setPart(message, 'data', Object.fromEntries(keys.map((key) => [key, 0])));
  },
  'forged superjson': forgeRevivals,
};

const textHarms: Readonly<Record<string, TextHarm>> = {
  truncated: (text, random) => text.slice(0, random.below(text.length - 1)),
  'no object': (text, random) =>
    random.of([`[${text}]`, JSON.stringify(text), 'null', 'true', '7', '""', SECRET, '', ' ', '[]']),
  'no JSON': (text, random) =>
    random.of([
      `\uFEFF${text}`,
      `${text}${text}`,
      `${text},`,
      text.replace('{', '{,'),
      text.replace(/\}$/, ',}'),
      text.replaceAll('"', "'"),
      `/* ${SECRET} */${text}`,
      text.replace('{', '{id:1,'),
      text.replace('"1.0"', '1.'),
      text.replace('"1.0"', 'NaN'),
      text.replace('{', '{"a":"\u0000",'),
      text.replace('{', String.raw`{"a":"\x41",`),
      `${text}\u0000`,
    ]),
  'a key twice': (text, random) =>
    `${text.slice(0, -1)},"specversion":${random.of(['"2.0"', 'null', '[]'])}}`,
  'an escaped key': (text, random) =>
    `${text.slice(0, -1)},"data":{"a":[{"${random.of([String.raw`\u005f_proto__`, String.raw`__\u0070roto__`, String.raw`constr\u0075ctor`])}":{"polluted":1}}]}}`,
  'too long': (text, random) => {
    const pad = random.of(['a', ' ', '\n', '€', '[', '{"a":', '9', '\\u0000']);
    const long = pad.repeat(Math.ceil((2 ** 20 + random.below(2 ** 20)) / pad.length));
    return random.of([
      `${text.slice(0, -1)},"x":"${long}"}`,
      long + text,
      text + long,
      `${text.slice(0, -1)},"x":${long}}`,
      long,
    ]);
  },
};

/** Levels that are put around the data once it is text, because JSON.stringify would overflow its stack. */
const nested = new WeakMap<Message, readonly [levels: number, opening: string]>();

/** Makes a text that must be refused. */
export function hostileOf(random: Random): Hostile {
  const kinds: string[] = [];
  const message = messageOf(random);
  if (random.isLucky(0.3)) setPart(message, 'data', { note: SECRET });
  const isText = random.isLucky(0.2);
  for (let left = isText ? random.below(2) : 1 + random.below(2); left > 0; left--) {
    const kind = random.weighed(Object.keys(harms).map((kind) => [WEIGHTS[kind] ?? 1, kind] as const));
    nested.delete(message);
    const detail = harms[kind]!(message, random);
    kinds.push(typeof detail === 'string' ? `${kind}: ${detail}` : kind);
  }
  let text = textOf(message);
  if (isText) {
    const kind = random.weighed(Object.keys(textHarms).map((kind) => [WEIGHTS[kind] ?? 1, kind] as const));
    kinds.push(kind);
    text = textHarms[kind]!(text, random);
  }
  return { kinds, text };
}

/** The weight of each kind of harm when one is picked. Default: 1. Expensive kinds are rarer. */
const WEIGHTS: Readonly<Record<string, number>> = {
  attribute: 8,
  'prototype key': 4,
  'wrong payload': 4,
  'forged superjson': 12,
  'too many values': 0.3,
  'too many keys': 0.2,
  'too long': 0.2,
  truncated: 3,
};

function textOf(message: Message): string {
  const text = JSON.stringify(message);
  const [levels, opening] = nested.get(message) ?? [0, ''];
  if (levels === 0) return text;
  const closing = Array.from(opening.replaceAll(/[^[{]/g, ''))
    .reverse()
    .map((char) => (char === '[' ? ']' : '}'))
    .join('');
  return text
    .replace('"data":', `"data":${opening.repeat(levels)}`)
    .replace(/\}$/, `${closing.repeat(levels)}}`);
}

function withKey(key: string, value: unknown, others: object = { a: SECRET }): object {
  return Object.defineProperty(others, key, { value, enumerable: true });
}

function buried(value: unknown, random: Random): unknown {
  let at = value;
  for (let i = random.below(6); i > 0; i--) at = random.isLucky(0.5) ? [0, at] : { note: SECRET, at };
  return at;
}
