/**
 * Event-name patterns at the type level.
 *
 * The types are sound: they never leave out an event that the run time selects (`test/types/fuzz` compares them with
 * picomatch). They are exact for names, `*`, `{a,b}`, `!p` and lists; anything else means "any event".
 *
 * @module
 */

/** Syntax that is not modeled: a pattern with it may select any event. One that the run time refuses selects none. */
type Unmodelled = '?' | '[';

/** True if a pattern is not known at compile time, or uses syntax that is not modeled. */
type IsOpaque<P extends string> =
  {} extends Record<P, 1> ? true : P extends `${string}${Unmodelled}${string}` ? true : false;

/** Expands `'{a,b}.c'` to `'a.c' | 'b.c'`. Nested braces and a single alternative are refused. */
type ExpandBraces<P extends string> = P extends `${infer Before}{${infer Body}}${infer After}`
  ? Body extends `${string}{${string}`
    ? never
    : Body extends `${string},${string}`
      ? ExpandBraces<`${Before}${SplitComma<Body>}${After}`>
      : never
  : P;
type SplitComma<S extends string> = S extends `${infer Head},${infer Rest}` ? Head | SplitComma<Rest> : S;

/** Turns `'user.*'` into `` `user.${string}` ``, so that the compiler's own assignability does the matching. */
type ToTemplate<P extends string> = P extends `${infer Before}*${infer After}`
  ? `${Before}${string}${ToTemplate<SkipStars<After>>}`
  : P;
// A run of stars becomes one `${string}`, because the first of two adjacent ones would require a character.
type SkipStars<P extends string> = P extends `*${infer Rest}` ? SkipStars<Rest> : P;

type Select<N extends string, P extends string> = P extends N
  ? P
  : P extends '*'
    ? N
    : IsOpaque<P> extends true
      ? N
      : Extract<N, ToTemplate<ExpandBraces<P>>>;

type Positive<P extends string> = P extends `!${string}` ? never : P;
/** The names that `!` patterns exclude, as template literals. An opaque pattern excludes none. */
type Negative<P extends string> = P extends `!${infer Rest}`
  ? IsOpaque<P> extends true
    ? never
    : ToTemplate<ExpandBraces<Rest>>
  : never;

type SelectOrAll<N extends string, P extends string> = [P] extends [never] ? N : Select<N, P>;
type Without<A, B> = [B] extends [never] ? A : Exclude<A, B>;

/** The names in `N` that the pattern `P` selects. For several patterns, `P` is their union. */
export type Matching<N extends string, P extends string> = Without<SelectOrAll<N, Positive<P>>, Negative<P>>;

/** The prefix patterns that editors suggest: `'a.*' | 'a.b.*'` for `'a.b.c'`. */
export type PrefixPatterns<
  N extends string,
  Above extends string = '',
> = N extends `${infer Head}.${infer Rest}`
  ? `${Above}${Head}.*` | PrefixPatterns<Rest, `${Above}${Head}.`>
  : never;
