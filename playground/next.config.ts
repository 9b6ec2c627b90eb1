import { resolve } from 'node:path';
import type { NextConfig } from 'next';

const config: NextConfig = {
  // An installed package that is listed here is loaded once for all kinds of routes. The shop links the library, which Next
  // bundles all the same. Several copies of the library work together, too.
  serverExternalPackages: [
    'trpc-events',
    '@aws-sdk/client-sqs',
    '@google-cloud/pubsub',
    '@opentelemetry/api',
    '@opentelemetry/sdk-node',
  ],
  // The root is the repository's folder, because its node_modules has the dependencies.
  turbopack: { root: resolve(import.meta.dirname, '..') },
  poweredByHeader: false,
  agentRules: false,
  devIndicators: false,
};

export default config;
