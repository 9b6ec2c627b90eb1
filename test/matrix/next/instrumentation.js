import 'trpc-events';

export function register() {}
