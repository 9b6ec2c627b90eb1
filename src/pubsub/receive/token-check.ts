import { causeOf, quote } from '../../core/words/quote.ts';
import { Refusal } from './refusal.ts';

/** The claims of a token about the account that asked Google for it. */
export interface PushTokenPayload {
  readonly email?: string | undefined;
  readonly email_verified?: boolean | undefined;
}

/** The part of an `OAuth2Client` that is called. The package itself is not named here: declarations must not need it. */
export interface PushAuth {
  getFederatedSignonCertsAsync(): Promise<unknown>;
  verifyIdToken(options: {
    idToken: string;
    audience: string[];
  }): Promise<{ getPayload(): PushTokenPayload | undefined }>;
}

export interface TokenCheckOptions {
  readonly audiences: readonly string[];
  readonly accounts: readonly string[];
  readonly auth: PushAuth | undefined;
}

/** How long a check may take, in ms. It may fetch Google's certificates. Pub/Sub itself waits for 10 s or more. */
const TIMEOUT = 8000;

const BAD_TOKEN = 'the token is not valid';
/** The faults of tokens, by how the messages of the auth library begin. The rest of a message quotes the token. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^Wrong number of segments|^Can't parse token/, 'it is no token of Google'],
  [/^No pem found/, 'it is signed with no key of Google'],
  [/^Invalid token signature/, 'its signature is wrong'],
  [/^Token used too late/, 'it has expired'],
  [/^Token used too early/, "it is not valid yet: is this machine's clock right?"],
  [/^Invalid issuer/, 'it was not issued by Google'],
];
/** The text that the auth library puts before the error of a fetch. */
const NO_CERTIFICATES = 'Failed to retrieve verification certificates';

/** Checks the tokens that Pub/Sub puts into its requests. */
export class TokenCheck {
  readonly #options: TokenCheckOptions;
  #auth: PushAuth | undefined;
  #fetching: Promise<unknown> | undefined;

  constructor(options: TokenCheckOptions) {
    this.#options = options;
    this.#auth = options.auth;
  }

  /** Returns why a request is refused, by its `authorization` header, or `undefined` if it is from Pub/Sub. */
  async refusalOf(header: string | null): Promise<Refusal | undefined> {
    if (header === null || header === '') {
      const why =
        'it had no token. Give the push subscription a service account (--push-auth-service-account)';
      return new Refusal(401, 'there is no token', why);
    }
    // Two headers arrive as one, with a comma between.
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(header)?.[1];
    if (token === undefined) return badToken('its authorization header is not one token');
    if (token.endsWith('.SIGNATURE_REMOVED_BY_GOOGLE')) {
      return badToken('Cloud Run has checked the token, and removed its signature. Let it allow all calls');
    }
    let auth: PushAuth;
    try {
      auth = this.#auth ??= await makeAuth();
    } catch (error) {
      const why = `google-auth-library is not installed: npm install google-auth-library (${causeOf(error)})`;
      return new Refusal(500, 'tokens cannot be checked', why);
    }
    try {
      return await this.#inTime(this.#judge(auth, token));
    } catch (error) {
      const why = `Google's certificates can't be had (${causeOf(error)})`;
      return new Refusal(503, "Google's certificates can not be had", why);
    }
  }

  /** Checks a token. Rejects if the certificates can't be fetched. */
  async #judge(auth: PushAuth, idToken: string): Promise<Refusal | undefined> {
    const { audiences, accounts } = this.#options;
    let payload: PushTokenPayload | undefined;
    // The certificates are fetched first, to tell a network that is down from a bad token. They are cached for hours.
    await this.#certificates(auth);
    try {
      payload = (await auth.verifyIdToken({ idToken, audience: [...audiences] })).getPayload();
    } catch (error) {
      // The answer has neither the error nor its text, because both quote the token.
      const message = error instanceof Error ? error.message : '';
      if (message.startsWith('Wrong recipient')) {
        return badToken(`its audience is none of ${audiences.map(quote).join(', ')}`);
      }
      const reason = REASONS.find(([begin]) => begin.test(message))?.[1];
      if (reason !== undefined) return badToken(reason);
      // The cache may have expired meanwhile, so that the library tried to fetch the certificates by itself.
      if (message.startsWith(NO_CERTIFICATES)) throw error;
      await this.#certificates(auth);
      return badToken('it is not valid');
    }
    const { email, email_verified: isVerified } = payload ?? {};
    if (isVerified === true && accounts.includes(email ?? '')) return undefined;
    // The email is not quoted, because it is a part of the token.
    const other = email === undefined ? 'of no account' : 'of another account';
    const who = isVerified === true ? other : 'of an email that is not verified';
    return new Refusal(
      403,
      'this service account may not push',
      `its token is ${who}, and not of ${accounts.map(quote).join(', ')}`,
    );
  }

  /** Fetches the certificates. Requests that come at the same time share one fetch. */
  async #certificates(auth: PushAuth): Promise<void> {
    const fetching = (this.#fetching ??= auth.getFederatedSignonCertsAsync());
    try {
      await fetching;
    } finally {
      if (this.#fetching === fetching) this.#fetching = undefined;
    }
  }

  async #inTime<T>(check: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        // The next request starts a new fetch.
        this.#fetching = undefined;
        reject(new Error(`Google has not answered for ${TIMEOUT / 1000} s`));
      }, TIMEOUT);
    });
    try {
      return await Promise.race([check, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function badToken(why: string): Refusal {
  return new Refusal(401, BAD_TOKEN, `its token was refused: ${why}`);
}

async function makeAuth(): Promise<PushAuth> {
  // The rejection handler makes bundlers treat the package as optional, because a worker doesn't need it.
  const { OAuth2Client } = await import('google-auth-library').catch((error: unknown) =>
    Promise.reject(error as Error),
  );
  return new OAuth2Client();
}
