import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { OAuth2Client } from 'google-auth-library';

export const AUDIENCE = 'https://shop.example.com/api/events';
export const ACCOUNT = 'push@test.iam.gserviceaccount.com';

const base64 = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** The key that signs good tokens. It is made only once, because that takes a while. */
const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 });
const OTHER_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

/** Google's side of a push subscription: it signs tokens, and publishes the certificates of its keys. */
export class Google {
  /** A key that Google does not know. */
  readonly otherKey: KeyObject = OTHER_KEY;
  /** The number of times that the certificates were fetched. */
  fetches = 0;
  /** A hook that runs at each fetch of the certificates. */
  onFetch: () => unknown = () => {};

  /** Makes a real client, whose certificates come from here and not from the network. */
  auth(): OAuth2Client {
    const auth = new OAuth2Client();
    auth.getFederatedSignonCertsAsync = async () => {
      this.fetches++;
      await this.onFetch();
      const certs = { one: KEY.publicKey.export({ type: 'spki', format: 'pem' }) };
      return { certs, format: 'PEM' } as never;
    };
    return auth;
  }

  /** Makes a token, in which the given claims, head or key replace those of a good one. */
  token(
    claims: object = {},
    { head = {}, key = KEY.privateKey }: { head?: object; key?: KeyObject } = {},
  ): string {
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      iss: 'https://accounts.google.com',
      aud: AUDIENCE,
      email: ACCOUNT,
      email_verified: true,
      sub: '1',
      iat: now - 5,
      exp: now + 3600,
      ...claims,
    };
    const signed = `${base64({ alg: 'RS256', kid: 'one', typ: 'JWT', ...head })}.${base64(payload)}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
  }
}
