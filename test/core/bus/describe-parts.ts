import type { EventForwarder, EventHandler } from '../../../src/index.ts';

/** Makes a handler that does nothing. */
export const named = (name: string): EventHandler => ({ name, handle: () => {} });

/** Makes a forwarder that sends nothing. */
export const forwarder = <P extends string>(options: Partial<EventForwarder<P>> = {}): EventForwarder<P> => ({
  name: 'queue',
  remote: true,
  handle: () => {},
  ...options,
});
