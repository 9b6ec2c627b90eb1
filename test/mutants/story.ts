import type { Mutant } from './mutant.ts';

/** Bugs in the model that pages draw from: in what belongs together, in its words, and in where it stands. */
export const STORY: readonly Mutant[] = [
  {
    name: 'story counts an entry that comes twice',
    file: 'story/build.ts',
    find: 'if (this.#rootAt(entry)?.seen.has(entry.id)) return [];',
    replace: '',
    tests: ['story/build.test.ts'],
  },
  {
    name: 'story leaves an event where it arrived, though its dispatch is told',
    file: 'story/build.ts',
    find: 'if (event.isDispatched) return undefined;',
    replace: 'return undefined;',
    tests: ['story/build.test.ts'],
  },
  {
    name: 'story never finds a lost process again',
    file: 'story/lost.ts',
    find: 'entry.at > lost',
    replace: 'entry.at > lost + 1e9',
    tests: ['story/build.test.ts'],
  },
  {
    name: 'story has a listener fail for good although a redelivery succeeded',
    file: 'story/words.ts',
    find: 'last.from > gaveUp.at ? undefined : gaveUp',
    replace: 'last.from > Infinity ? undefined : gaveUp',
    tests: ['story/marks.test.ts'],
  },
  {
    name: 'story takes a late event for one in time',
    file: 'story/words.ts',
    find: 'at > by.to ? at - by.to : undefined',
    replace: 'at > Infinity ? at - by.to : undefined',
    tests: ['story/marks.test.ts'],
  },
  {
    name: 'line of the response on zero',
    file: 'story/axis.ts',
    find: 'const LEAST_SIDE = 24;',
    replace: 'const LEAST_SIDE = 0;',
    tests: ['story/axis.test.ts'],
  },
  {
    name: 'bar that nobody sees',
    file: 'story/axis.ts',
    find: 'const LEAST_BAR = 3;',
    replace: 'const LEAST_BAR = 0;',
    tests: ['story/axis.test.ts'],
  },
  {
    name: 'axis that folds only what is long beside the longest wait',
    file: 'story/fold.ts',
    find: '    length -= lengthOf(gap);\n',
    replace: '',
    tests: ['story/axis.test.ts'],
  },
  {
    name: 'filter that finds what it is to exclude',
    file: 'story/filter.ts',
    find: 'isExcluded ? (call, now) => !test(call, now) : test',
    replace: 'isExcluded ? (call, now) => test(call, now) : test',
    tests: ['story/filter.test.ts'],
  },
  {
    name: 'filter whose [^a] is an [a]',
    file: 'story/pattern.ts',
    find: "sign.replace(/^[.^]/, '\\\\$&')",
    replace: "sign.replace('[^', '[').replace(/^[.^]/, '\\\\$&')",
    tests: ['story/filter.test.ts'],
  },
  {
    name: 'text that turns the direction of a page',
    file: 'story/format.ts',
    find: '\\p{Cc}\\p{Cf}',
    replace: '\\p{Cc}',
    tests: ['story/format.test.ts', 'story/build.test.ts'],
  },
  {
    name: 'WebSocket that waits for its response for ever in the inspector',
    file: 'core/call/open-scope.ts',
    find: "if (isDirect !== undefined && scope.kind === 'call')",
    replace: "if (isDirect === true && scope.kind === 'call')",
    tests: ['story/marks.test.ts'],
  },
];
