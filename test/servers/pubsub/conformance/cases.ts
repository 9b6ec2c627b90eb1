import type { PubsubCase } from './driver.ts';
import { EXACTLY_ONCE } from './exactly-once.ts';
import { ORDERING } from './ordering.ts';
import { POLICIES } from './policies.ts';
import { PUBLISHING } from './publishing.ts';
import { RECEIVING } from './receiving.ts';

/** The behavior of Pub/Sub that the tests of this package rely on. */
export const CASES: readonly PubsubCase[] = [
  ...PUBLISHING,
  ...RECEIVING,
  ...POLICIES,
  ...ORDERING,
  ...EXACTLY_ONCE,
];
