import { expect, it } from 'vitest';
import { isLasting, isTransient } from '../../src/pubsub/client/errors.ts';

const REFRESH = '2 UNKNOWN: Getting metadata from plugin failed with error: Could not refresh access token:';

it.each([
  ['a metadata server that is away', `${REFRESH} connect ECONNREFUSED 169.254.169.254:80`, true],
  ['a name that is not found for now', `${REFRESH} getaddrinfo EAI_AGAIN metadata.google.internal`, true],
  ['a metadata server that is overloaded', `${REFRESH} Request failed with status code 503`, true],
  ['an account that may not', `${REFRESH} Request failed with status code 403`, false],
  ['a revoked token', '2 UNKNOWN: Getting metadata from plugin failed with error: invalid_grant', false],
  ['no credentials', 'Could not load the default credentials.', false],
])('A token that can not be had because of %s: sent again: %s', (_, message, isForNow) => {
  const error = Object.assign(new Error(message), { code: 2 });
  expect(isTransient(error)).toBe(isForNow);
  expect(isLasting(error)).toBe(!isForNow);
});
