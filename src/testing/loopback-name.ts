/** The handler by which a test bus sends events to itself. A recorder shows what it delivers, and not the handler. */
export const LOOPBACK = 'loopback';
