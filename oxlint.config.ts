import { defineConfig, type OxlintOverride } from 'oxlint';

/**
 * The rooms of src/core, in the order in which they stand: each imports only rooms above it, and the packages named
 * here. Core knows events, and no tRPC, broker or framework.
 */
const ROOMS: readonly { name: string; packages?: readonly string[]; not?: string }[] = [
  { name: 'words', packages: ['@standard-schema/spec'] },
  { name: 'host', packages: ['node:*', 'cloudflare:*'] },
  { name: 'types', packages: ['@standard-schema/spec'] },
  { name: 'catalog', packages: ['@standard-schema/spec', 'picomatch'] },
  { name: 'report' },
  { name: 'model', packages: ['@standard-schema/spec'] },
  { name: 'scope', packages: ['node:*'] },
  { name: 'attempt' },
  { name: 'router' },
  { name: 'retry', not: 'router' },
  { name: 'flush' },
  { name: 'call' },
  { name: 'bus' },
];

function room({ name, packages = [], not }: (typeof ROOMS)[number], at: number): OxlintOverride {
  const above = ROOMS.slice(0, at).flatMap((other) => (other.name === not ? [] : `!../${other.name}/**`));
  const group = ['*', '!./**', ...above, ...packages.map((name) => `!${name}`)];
  const message = `src/core/${name} imports only itself, the rooms above it (oxlint.config.ts has their order) and ${packages.join(', ') || 'no package'}.`;
  return {
    files: [`src/core/${name}/**`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] },
  };
}

/** Lets the files of a room import nothing but what `group` takes back from `*`. */
function only(files: string, allowed: readonly string[], message: string): OxlintOverride {
  const group = ['*', ...allowed];
  return {
    files: [files],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] },
  };
}

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  options: { typeAware: true, reportUnusedDisableDirectives: 'error' },
  ignorePatterns: ['dist', 'test/**/fixtures'],
  rules: {
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'typescript/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
    'typescript/no-unnecessary-type-parameters': 'off',
    // What is made of closures may be taken apart: `({ dispatch }) => dispatch(…)`.
    'typescript/unbound-method': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/consistent-function-scoping': 'off',
    // Listeners are called one after the other on purpose.
    'no-await-in-loop': 'off',
    // A name may be hidden by a parameter; TypeScript sees the mistakes that this would.
    'no-shadow': 'off',
    'no-underscore-dangle': 'off',
    // Casts are where the loosely typed inside meets the typed surface.
    'typescript/no-unsafe-type-assertion': 'off',
    // `${keyof T & string}` in a type is not the same as `keyof T & string`.
    'typescript/no-unnecessary-template-expression': 'off',
    'import/no-unassigned-import': 'off',
  },
  overrides: [
    {
      files: ['src/**'],
      rules: {
        'max-lines': ['error', { max: 300 }],
        'no-console': 'error',
        'typescript/no-explicit-any': 'error',
        'import/no-cycle': ['error', { ignoreTypes: false }],
        'import/no-default-export': 'error',
      },
    },
    // The promises of node:test are its own concern.
    { files: ['examples/**/*.test.ts'], rules: { 'typescript/no-floating-promises': 'off' } },
    { files: ['src/init.ts', 'src/core/types/**'], rules: { 'typescript/no-explicit-any': 'off' } },

    // The other rooms of src. They import core; only src/init.ts puts them together.
    ...ROOMS.map(room),
    {
      files: ['src/trpc/**', 'src/defer/**', 'src/handlers/**'],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                group: ['../**', '!../core/**'],
                message: 'A room imports itself and src/core; src/init.ts puts rooms together.',
              },
              {
                regex: '^@trpc/server',
                allowTypeImports: true,
                message: '@trpc/server is an optional peer: import its types alone.',
              },
            ],
          },
        ],
      },
    },
    {
      files: ['src/defer/platforms/**'],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                group: ['../../**', '!../../core/**'],
                message: 'A room imports itself and src/core; src/init.ts puts rooms together.',
              },
            ],
          },
        ],
      },
    },
    {
      files: ['src/wire/**'],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                group: ['*', '!./**', '!../core/**', '!superjson'],
                message: 'src/wire needs core and superjson alone.',
              },
            ],
          },
        ],
      },
    },
    only(
      'src/wire/*/**',
      ['!./**', '!../../core/types/**', '!../../core/words/**'],
      'src/wire/async-api needs the types and words of core alone, and no codec.',
    ),
    only(
      'src/sqs/*.ts',
      ['!./**', '!../core/types/**', '!../core/words/**', '!../wire/**', '!../queue/**'],
      'src/sqs needs wire, queue, the types and words of core, and the AWS client alone.',
    ),
    only(
      'src/sqs/*/**',
      [
        '!./**',
        '!../client/**',
        '!../../core/types/**',
        '!../../core/words/**',
        '!../../wire/**',
        '!../../queue/**',
        '!node:buffer',
        '!node:crypto',
        '!@aws-sdk/client-sqs',
      ],
      'src/sqs needs wire, queue, the types and words of core, and the AWS client alone; send and receive know nothing of each other.',
    ),
    only(
      'src/pubsub/*.ts',
      ['!./**', '!../core/types/**', '!../core/words/**', '!../wire/**', '!../queue/**'],
      'src/pubsub needs wire, queue, the types and words of core, and the Google packages alone.',
    ),
    only(
      'src/pubsub/*/**',
      [
        '!./**',
        '!../client/**',
        '!../../core/types/**',
        '!../../core/words/**',
        '!../../wire/**',
        '!../../queue/**',
        '!node:buffer',
        '!@google-cloud/pubsub',
        '!google-auth-library',
      ],
      'src/pubsub needs wire, queue, the types and words of core, and the Google packages alone; send and receive know nothing of each other.',
    ),
    only(
      'src/http/**',
      ['!./**', '!../core/**', '!../defer/**'],
      'src/http needs core and defer alone, and no framework.',
    ),
    only(
      'src/next/**',
      ['!./**', '!../core/**', '!../defer/**', '!../http/**', '!next/server.js'],
      'src/next needs core, defer, http and Next alone; next/server without its ending breaks pages.',
    ),
    only(
      'src/otel/**',
      [
        '!./**',
        '!../core/types/**',
        '!../core/words/**',
        '!../core/host/environment.ts',
        '!../core/report/line.ts',
        '!@opentelemetry/api',
      ],
      'src/otel needs the types and words of core, its one way to print, and the API of OpenTelemetry, never an SDK.',
    ),
    only(
      'src/queue/*.ts',
      ['!./**', '!../core/types/**', '!../core/words/**', '!../core/host/**', '!../wire/**'],
      'src/queue needs the types, words and host of core, and wire, and no broker.',
    ),
    only(
      'src/queue/send/**',
      ['!./**', '!../../core/types/**', '!../../core/words/**', '!../../wire/**'],
      'src/queue/send needs the types and words of core, and wire, and no broker.',
    ),
    only(
      'src/testing/*.ts',
      ['!./**', '!../core/**', '!../wire/**'],
      'src/testing needs core and wire alone, and no test runner.',
    ),
    only(
      'src/testing/*/**',
      ['!./**', '!../*.ts', '!../../core/**', '!../../wire/**'],
      'src/testing needs core and wire alone, and no test runner.',
    ),
    only(
      'src/page/**',
      ['!./**', '!../**', '!preact'],
      'src/page needs the story, types of core, and Preact alone.',
    ),
    {
      files: ['src/page/**'],
      // An effect returns what ends it, if there is something to end.
      rules: { 'typescript/consistent-return': 'off' },
    },
    only('src/story/**', ['!./**'], 'src/story is pure: it needs nothing, and runs in browsers.'),
    only(
      'src/inspector/*.ts',
      [
        '!./**',
        '!../core/catalog/**',
        '!../core/host/**',
        '!../core/report/**',
        '!../core/types/**',
        '!../core/words/**',
        '!../story/**',
      ],
      'src/inspector needs the story, and the types, words, host, patterns and lines of core alone.',
    ),
    only(
      'src/inspector/*/**',
      [
        '!./**',
        '!../**',
        '../../**',
        '!../../core/types/**',
        '!../../core/words/**',
        '!../../core/host/**',
        '!../../core/report/**',
        '!../../story/**',
        '!../../wire/async-api/async-api.ts',
        '!node:http',
      ],
      'src/inspector needs the story, AsyncAPI, and the types, words, host and lines of core alone.',
    ),
    {
      files: ['src/index.ts', 'src/init.ts'],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                regex: '^@trpc/',
                allowTypeImports: true,
                message: '@trpc/server is an optional peer: import its types alone.',
              },
            ],
          },
        ],
      },
    },

    {
      files: ['test/**', 'bench/**', 'playground/**', 'scripts/**', '*.config.ts'],
      rules: { 'import/no-default-export': 'off' },
    },
    {
      files: ['test/**'],
      rules: {
        'typescript/no-explicit-any': 'off',
        // Tables of cases name their tests by variables, and share what they expect in functions.
        'vitest/expect-expect': 'off',
        'vitest/no-conditional-expect': 'off',
        'vitest/no-standalone-expect': 'off',
        'vitest/require-mock-type-parameters': 'off',
        'vitest/valid-title': 'off',
      },
    },
  ],
});
