import type { Target } from '../../core/model/target.ts';

/** A target that a bus has just made, and that is decorated in place: it gets its final name later. */
export type TestTarget = { -readonly [K in keyof Target]: Target[K] };
