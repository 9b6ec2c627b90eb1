import { resolve } from 'node:path';
import type { NextConfig } from 'next';

const config: NextConfig = {
  // One copy of an installed package for all kinds of routes. Here it is linked, which Next bundles all the same: several
  // copies of the library work together too.
  serverExternalPackages: [
    'trpc-events',
    '@aws-sdk/client-sqs',
    '@google-cloud/pubsub',
    '@opentelemetry/api',
    '@opentelemetry/sdk-node',
  ],
  // The dependencies are installed in the repository's own node_modules.
  turbopack: { root: resolve(import.meta.dirname, '..') },
  poweredByHeader: false,
  agentRules: false,
  devIndicators: false,
};

export default config;
