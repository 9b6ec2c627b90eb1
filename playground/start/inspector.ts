import { randomBytes } from 'node:crypto';

/**
 * Returns the address of the inspector, which the web process serves, with a new token. Its host is not that of the shop's
 * address: so the page has an origin of its own.
 */
export function inspectorAddress(port: number): string {
  return `http://127.0.0.1:${port}/inspector#token=${randomBytes(24).toString('base64url')}`;
}
