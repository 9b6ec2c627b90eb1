import { join } from 'node:path';
import type { NextConfig } from 'next';

export default {
  serverExternalPackages: ['trpc-events'],
  experimental: { cpus: 1 },
  turbopack: { root: join(import.meta.dirname, '../..') },
  logging: false,
} satisfies NextConfig;
