import type { NextConfig } from 'next';

export default { serverExternalPackages: ['trpc-events'] } satisfies NextConfig;
