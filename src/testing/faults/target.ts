import type { Target } from '../../core/router/target.ts';

/** A target that a bus has just made. It is decorated in place, because it gets its final name later. */
export type TestTarget = { -readonly [K in keyof Target]: Target[K] };
