import { waitUntilOf, type KeepingPlatform } from './platform.ts';

const runtime = () => (globalThis as { EdgeRuntime?: unknown }).EdgeRuntime;

/**
 * Edge runtimes, recognized by the global that they define. With Vercel and Next.js, the global is a string, and
 * `waitUntil` is in their own contexts. With Supabase, whose runtime passes for Deno, the global has the `waitUntil`.
 */
export const edge: KeepingPlatform = {
  freezes: true,
  isHere: () => runtime() !== undefined,
  waitUntil: () => waitUntilOf(runtime()),
};
