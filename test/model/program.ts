import type { When } from '../../src/index.ts';

/** The steps that calls, listeners and streams take, one after the other. */
export type Step =
  | { readonly do: 'wait' }
  | { readonly do: 'dispatch'; readonly by: By; readonly when: When; readonly plan: Plan | undefined }
  | { readonly do: 'publish'; readonly isAwaited: boolean; readonly plan: Plan | undefined }
  | Nest
  | Stream
  /** Steps that go on by themselves, and may outlive the scope in which they were started. */
  | { readonly do: 'later'; readonly steps: readonly Step[] };

/** `e.dispatch`, or the `ctx.dispatch` of the scope itself (0), or of a scope around it (1 or more). */
export type By = 'e' | number;

export interface Body {
  readonly steps: readonly Step[];
  /** True if the body returns, false if it throws. */
  readonly ok: boolean;
}
export interface Nest {
  readonly do: 'nest';
  readonly kind: 'call' | 'e.scope' | 'bus.scope';
  readonly id: string;
  readonly body: Body;
  readonly mode: 'await' | 'await and catch' | 'go on';
}
export interface Stream {
  readonly do: 'stream';
  readonly id: string;
  readonly body: { readonly steps: readonly (Step | { readonly do: 'yield' })[]; readonly ok: boolean };
  /** The steps in the stream's `finally`. */
  readonly last: readonly Step[];
  readonly pulls: number;
  /** True if the reader calls `return` after these pulls, false if it leaves the stream open. */
  readonly isReturned: boolean;
}
/** The work of an event's listeners. An event without a plan has one listener, which does nothing. */
export interface Plan {
  readonly sync: Body;
  readonly async: Body;
  /** A body for each attempt. */
  readonly retried: readonly Body[];
}

/** Makes calls, scopes and streams that begin by themselves, each of which may do anything. */
export function randomProgram(random: () => number): readonly (Nest | Stream)[] {
  let ids = 0;
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(...of: readonly T[]): T => of[below(of.length)]!;
  const list = <T>(length: number, make: () => T): T[] => Array.from({ length }, make);

  function dispatch(depth: number): Step {
    const when = pick<When>('success', 'success', 'failure', 'settled');
    return { do: 'dispatch', by: pick<By>(0, 0, 'e', 'e', 1, 2), when, plan: plan(depth - 1) };
  }
  function step(depth: number): Step {
    const r = random();
    if (r < 0.36) return dispatch(depth);
    if (r < 0.46 || depth <= 0) return { do: 'wait' };
    if (r < 0.54) return { do: 'publish', isAwaited: random() < 0.5, plan: plan(depth - 1) };
    if (r < 0.62) return stream(depth - 1);
    if (r < 0.76) return { do: 'later', steps: list(2, () => step(depth - 1)) };
    const kind = pick<Nest['kind']>('call', 'call', 'e.scope', 'bus.scope');
    return nest(kind, depth - 1, pick('await', 'await and catch', 'await and catch', 'go on'));
  }
  function body(depth: number, make = step): Body {
    return { ok: random() < 0.65, steps: list(below(4), () => make(depth)) };
  }
  function nest(kind: Nest['kind'], depth: number, mode: Nest['mode']): Nest {
    return { do: 'nest', kind, id: `${kind} ${ids++}`, body: body(depth), mode };
  }
  function stream(depth: number): Stream {
    const steps = list(1 + below(5), () => (random() < 0.4 ? { do: 'yield' as const } : step(depth)));
    return {
      do: 'stream',
      id: `stream ${ids++}`,
      body: { steps, ok: random() < 0.7 },
      last: list(below(2), () => dispatch(depth)),
      pulls: below(5),
      isReturned: random() < 0.7,
    };
  }
  function plan(depth: number): Plan | undefined {
    if (depth <= 0 || random() < 0.5) return undefined;
    const retried = list(2, () => body(depth - 2));
    return { sync: body(depth - 2, dispatch), async: body(depth - 2), retried };
  }
  return list(1 + below(3), () =>
    random() < 0.2 ? stream(5) : nest(pick('call', 'call', 'bus.scope'), 5, 'go on'),
  );
}
