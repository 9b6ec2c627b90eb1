import { join } from 'node:path';
import type { NextConfig } from 'next';

export default {
  serverExternalPackages: ['trpc-events'],
  experimental: { cpus: 1 },
  turbopack: { root: join(import.meta.dirname, '../..') },
  typescript: { ignoreBuildErrors: true }, // `npm run typecheck` checks the benchmarks
  logging: false,
} satisfies NextConfig;
