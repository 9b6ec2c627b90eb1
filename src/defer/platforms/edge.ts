import { waitUntilOf, type KeepingPlatform } from './platform.ts';

const runtime = () => (globalThis as { EdgeRuntime?: unknown }).EdgeRuntime;

/**
 * Edge runtimes, by the global that they define. In those of Vercel and Next.js it is a text, and their `waitUntil` is in
 * those two's contexts; in Supabase's, which pass for Deno, it has the `waitUntil`.
 */
export const edge: KeepingPlatform = {
  freezes: true,
  isHere: () => runtime() !== undefined,
  waitUntil: () => waitUntilOf(runtime()),
};
