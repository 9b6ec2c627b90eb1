import { auto, waitUntil, type DeferStrategy } from '../../src/index.ts';
import type { FrozenContext } from './frozen-app.ts';
import { currentInvocation } from './vercel-host.ts';

/** Strategies of the frozen process: two of the library's, and two that lose events. */
export const STRATEGIES = {
  'auto()': () => auto(),
  'waitUntil()': () => waitUntil<FrozenContext>(({ ctx }) => ctx.waitUntil),
  'a promise given late': (): DeferStrategy => ({
    name: 'late',
    start(flush) {
      const invocation = currentInvocation()!;
      void invocation.whenOver.then(() => invocation.waitUntil(flush()));
    },
  }),
  'a promise that has resolved': (): DeferStrategy => ({
    name: 'resolved',
    open: () => currentInvocation()!.waitUntil(Promise.resolve()),
    start(flush) {
      void currentInvocation()!.whenOver.then(flush);
    },
  }),
} as const;
export type StrategyName = keyof typeof STRATEGIES;
