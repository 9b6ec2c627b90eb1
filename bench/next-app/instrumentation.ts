import 'trpc-events/next';
