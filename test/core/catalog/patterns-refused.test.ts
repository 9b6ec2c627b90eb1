import { expect, it } from 'vitest';
import { defineEvents, initEvents, unchecked } from '../../../src/index.ts';
import { collector, e, untyped } from '../shop.ts';

const accepted = 'a pattern has names, *, ?, {a,b}, [abc], [^abc], and a ! in front';
const must = 'A pattern must be an event name, a glob such as "user.*", or a list of them, not ';
const refused = (pattern: string, why: string) =>
  `The pattern ${JSON.stringify(pattern)} is refused: ${why}.`;
const foreign = (pattern: string, char: string) =>
  refused(pattern, `${JSON.stringify(char)} is not part of the syntax; ${accepted}`);

const bad: [unknown, string][] = [
  ['', `${must}an empty text.`],
  [[], 'A list of patterns is empty: give at least one, or "*" for all events.'],
  [null, `${must}null.`],
  [undefined, `${must}undefined.`],
  [7, `${must}7.`],
  [/user/, `${must}an object.`],
  [() => true, `${must}function (anonymous).`],
  [['user.*', null], `${must}null.`],
  [['user.*', ''], `${must}an empty text.`],
  [['user.*', ['user.created']], `${must}a list.`],
  ['(a+)+', foreign('(a+)+', '(')],
  ['a/b', foreign('a/b', '/')],
  ['user created', foreign('user created', ' ')],
  [' user.*', foreign(' user.*', ' ')],
  [String.raw`user\.created`, foreign(String.raw`user\.created`, '\\')],
  ['@(a|b)', foreign('@(a|b)', '@')],
  ['user|order', foreign('user|order', '|')],
  ['user.created\n', foreign('user.created\n', '\n')],
  ['größe', foreign('größe', 'ö')],
  ['!', refused('!', 'there is nothing after the !')],
  ['!!user.*', refused('!!user.*', `it has more than one !; ${accepted}`)],
  ['!(user)', foreign('!(user)', '(')],
  ['user.[!c]*', refused('user.[!c]*', 'inside brackets ^ negates, not !')],
  [
    'user.{created}',
    refused('user.{created}', 'braces need at least two alternatives, with a comma between them'),
  ],
  ['{user.{a,b},c}', refused('{user.{a,b},c}', 'braces cannot be nested: write the alternatives out')],
  ['user.{a,b', refused('user.{a,b', `its braces or brackets do not fit together; ${accepted}`)],
  ['user.a,b}', refused('user.a,b}', `its braces or brackets do not fit together; ${accepted}`)],
  ['user.[ab', refused('user.[ab', `its braces or brackets do not fit together; ${accepted}`)],
  ['user.ab]', refused('user.ab]', `its braces or brackets do not fit together; ${accepted}`)],
  ['user.[]', refused('user.[]', `its braces or brackets do not fit together; ${accepted}`)],
  ['user.{[ab],c}', refused('user.{[ab],c}', `its braces or brackets do not fit together; ${accepted}`)],
  ['user.[z-a]', refused('user.[z-a]', 'a range in brackets goes from the lower character to the higher')],
  [
    'user.{a..z,b}',
    refused('user.{a..z,b}', `no name has two dots in a row, and there are no ranges in braces; ${accepted}`),
  ],
  [
    'user..created',
    refused('user..created', `no name has two dots in a row, and there are no ranges in braces; ${accepted}`),
  ],
  ['*a*b*c*d*e*f*', refused('*a*b*c*d*e*f*', 'it has 7 stars, and 6 are the most')],
  ['usr.*', 'No event of the catalog matches "usr.*". Did you mean "user.*"?'],
  ['user.creatd', 'No event of the catalog matches "user.creatd". Did you mean "user.created"?'],
  ['User.created', 'No event of the catalog matches "User.created". Did you mean "user.created"?'],
  [
    'invoice.*',
    'No event of the catalog matches "invoice.*". Its events are "user.created", "user.deleted", "order.placed", "cache.cleared", "cat.spotted".',
  ],
  [['user.*', 'ordr.*'], 'No event of the catalog matches "ordr.*". Did you mean "order.*"?'],
  [['user.created', '!user.*'], /^No event of the catalog matches "user\.created, !user\.\*"\. /.source],
  ['!*', /^No event of the catalog matches "!\*"\. /.source],
];

it.each(bad)('The pattern %j is refused when it is registered: %s', async (pattern, message) => {
  const matching = message.startsWith('^') ? expect.stringMatching(message) : message;
  const seen = collector();
  const router = e.router();
  const on = () => untyped(router.on)(pattern, () => seen.events.push(null as never), { name: 'same' });
  expect(on).toThrow(expect.objectContaining({ code: 'BAD_PATTERN', message: matching }));
  // The refused listener was not registered, so its name is still free.
  router.on('cat.spotted', () => {}, { name: 'same' });
  await using bus = e.bus({ handlers: [router], unhandled: 'ignore' });
  expect(() => untyped(bus.stream)(pattern)).toThrow(expect.objectContaining({ code: 'BAD_PATTERN' }));
  for (const name of ['user.created', 'user.deleted'] as const) await bus.publish(name, { id: '1' });
  expect(seen.events).toEqual([]);
});

it.each(bad.filter(([pattern]) => pattern !== undefined && pattern !== null))(
  'A handler with the pattern %j is refused.',
  (pattern) => {
    const handler = { name: 'mine', events: pattern as never, handle() {} };
    expect(() => e.bus({ handlers: [handler] })).toThrow(expect.objectContaining({ code: 'BAD_PATTERN' }));
  },
);

it('The error names the handler whose pattern matches nothing.', () => {
  const handler = { name: 'mine', events: 'usr.*' as string, handle() {} };
  expect(() => e.bus({ handlers: [handler as never] })).toThrow(
    'e.bus, handler "mine": no event of the catalog matches "usr.*". Did you mean "user.*"?',
  );
});

it('The error says so if the catalog has no events.', () => {
  const empty = initEvents.create(defineEvents({}));
  expect(() => empty.router().on('*' as never, () => {})).toThrow(
    'No event of the catalog matches "*". It has no events.',
  );
});

it('The error lists at most ten event names.', () => {
  const names = Array.from({ length: 30 }, (_, i) => `event${i}.happened.somewhere`);
  const many = initEvents.create(
    defineEvents(Object.fromEntries(names.map((name) => [name, unchecked<0>()]))),
  );
  expect(() => many.router().on('zzz.*' as never, () => {})).toThrow(
    /Its events are ("event\d\.happened\.somewhere", ){10}…\.$/,
  );
});
