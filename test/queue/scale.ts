/** The part of the full counts that the tests of queues take. `npm run test:faults` sets it to 1. */
export const SCALE = Number(process.env['QUEUE_SCALE'] ?? 0.2);
