import { randomBytes } from 'node:crypto';

/**
 * Returns the address of the inspector, with a new token. The web process serves it under another host than the shop's, so
 * that the page has its own origin.
 */
export function inspectorAddress(port: number): string {
  return `http://127.0.0.1:${port}/inspector#token=${randomBytes(24).toString('base64url')}`;
}
