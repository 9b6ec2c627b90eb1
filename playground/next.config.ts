import { resolve } from 'node:path';
import type { NextConfig } from 'next';

const config: NextConfig = {
  // Loaded once a process: else each kind of route would get a copy of its own.
  serverExternalPackages: ['trpc-events'],
  // The dependencies are installed in the repository's own node_modules.
  turbopack: { root: resolve(import.meta.dirname, '..') },
  poweredByHeader: false,
  agentRules: false,
  devIndicators: false,
};

export default config;
