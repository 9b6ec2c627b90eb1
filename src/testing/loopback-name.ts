/** Name of the handler through which a test bus sends events to itself. Recorders show what it delivers, but not it. */
export const LOOPBACK = 'loopback';
