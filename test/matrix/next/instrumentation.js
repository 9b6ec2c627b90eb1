import 'trpc-events/next';

export function register() {}
