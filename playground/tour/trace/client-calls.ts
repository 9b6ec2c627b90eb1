import type { TRPCLink } from '@trpc/client';
import { tap } from '@trpc/server/observable';
import type { AppRouter } from '../router.ts';

/** A call as the client saw it. Times are `performance.now()`. */
export interface ClientCall {
  readonly path: string;
  readonly input: unknown;
  readonly from: number;
  readonly answers: Answer[];
}
export type Answer = { readonly at: number } & (
  | { readonly kind: 'data'; readonly data: unknown }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'end' }
);

/** Makes a link that records the client's calls and their answers. */
export function recordCalls(calls: ClientCall[]): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) => {
      const call: ClientCall = { path: op.path, input: op.input, from: performance.now(), answers: [] };
      calls.push(call);
      const isStream = op.type === 'subscription';
      return next(op).pipe(
        tap({
          next({ result }) {
            if (result.type !== undefined && result.type !== 'data') return;
            call.answers.push({ at: performance.now(), kind: 'data', data: result.data });
          },
          error({ data, message }) {
            const text = data === undefined || data === null ? message : `${data.code}: ${message}`;
            call.answers.push({ at: performance.now(), kind: 'error', message: text });
          },
          complete() {
            if (isStream) call.answers.push({ at: performance.now(), kind: 'end' });
          },
        }),
      );
    };
}
