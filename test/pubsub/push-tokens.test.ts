import { inspect } from 'node:util';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ACCOUNT, AUDIENCE, type Google } from './google.ts';
import { bodyOf, stage, textOf } from './push-stage.ts';
import { gate } from '../setup/async.ts';

const now = Math.floor(Date.now() / 1000);
const none = (google: Google) => {
  const [, payload] = google.token().split('.');
  return `${Buffer.from('{"alg":"none","kid":"one"}').toString('base64url')}.${payload}.`;
};
const forged = (google: Google) => {
  const [head, , signature] = google.token().split('.');
  const claims = {
    iss: 'https://accounts.google.com',
    aud: AUDIENCE,
    email: ACCOUNT,
    email_verified: true,
    iat: now,
    exp: now + 60,
  };
  return `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
};

/** Returns the texts in a token's claims that are not in the route's own options. */
function claimTextsOf(token: string | null): readonly unknown[] {
  try {
    const claims = JSON.parse(Buffer.from(token!.split('.')[1]!, 'base64url').toString()) as object;
    return Object.values(claims).filter(
      (claim) => typeof claim === 'string' && claim.length > 3 && claim !== ACCOUNT && claim !== AUDIENCE,
    );
  } catch {
    return [];
  }
}

it.each<[string, number, (google: Google) => string | null, string]>([
  ['no token', 401, () => null, 'it had no token'],
  ['an expired token', 401, (google) => google.token({ iat: now - 8000, exp: now - 4000 }), 'it has expired'],
  [
    'a token of the future',
    401,
    (google) => google.token({ iat: now + 4000, exp: now + 5000 }),
    'it is not valid yet',
  ],
  ['a token that is valid for years', 401, (google) => google.token({ exp: now + 1e8 }), 'it is not valid'],
  ['a forged token', 401, forged, 'its signature is wrong'],
  [
    'a token of another key',
    401,
    (google) => google.token({}, { key: google.otherKey }),
    'its signature is wrong',
  ],
  [
    'a token of an unknown key',
    401,
    (google) => google.token({}, { head: { kid: 'two' } }),
    'no key of Google',
  ],
  [
    'a token of another issuer',
    401,
    (google) => google.token({ iss: 'https://evil.example.com' }),
    'not issued by Google',
  ],
  ['alg: none', 401, none, 'its signature is wrong'],
  [
    'ES256 in place of RS256',
    401,
    (google) => google.token({}, { head: { alg: 'ES256' } }),
    'it is not valid',
  ],
  [
    'another audience',
    401,
    (google) => google.token({ aud: 'https://other.example.com' }),
    `its audience is none of "${AUDIENCE}"`,
  ],
  ['no audience', 401, (google) => google.token({ aud: undefined }), 'its audience is none of'],
  [
    'another account',
    403,
    (google) => google.token({ email: 'eve@example.com' }),
    'of another account, and not of "push@test.iam',
  ],
  ['an email that is not verified', 403, (google) => google.token({ email_verified: false }), 'not verified'],
  ['no email', 403, (google) => google.token({ email: undefined }), 'of no account'],
  ['two tokens', 401, (google) => `${google.token()}, Bearer ${google.token()}`, 'is not one token'],
  ['a token and rubbish', 401, (google) => `${google.token()} x`, 'is not one token'],
  ['rubbish', 401, () => 'a.b.c', 'it is no token of Google'],
  [
    'a token whose signature Cloud Run has removed',
    401,
    (google) => google.token().replace(/[^.]+$/, 'SIGNATURE_REMOVED_BY_GOOGLE'),
    'Cloud Run',
  ],
])(
  'A request with %s is answered with %i: its body is not read, no listener runs, and no report has the token.',
  async (_, status, tokenOf, why) => {
    const runs: string[] = [];
    const it = stage({ work: (id) => void runs.push(id) });
    const token = tokenOf(it.google);
    let reads = 0;
    const body = new ReadableStream<Uint8Array>({ pull: () => void reads++ }, { highWaterMark: 0 });
    const answer = await it.post(body, { token });
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(/^[^\n]{5,80}$/);
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
    expect(reads).toBe(0);
    expect(runs).toEqual([]);
    expect(it.texts).toEqual([expect.stringContaining(why)]);
    expect(it.texts[0]).toContain(`pubsubPush: a request was answered with ${status}: `);
    const seen = inspect([it.reports, answer.text], { depth: 9, showHidden: true });
    for (const part of token?.split('.') ?? []) if (part.length > 3) expect(seen).not.toContain(part);
    for (const text of claimTextsOf(token)) expect(seen).not.toContain(text);
  },
);

it('A scheme other than Bearer is no token.', async () => {
  const it = stage();
  expect(
    await it.post('', { token: null, headers: { authorization: `Basic ${it.google.token()}` } }),
  ).toMatchObject({ status: 401 });
});

it('Each audience and each account of a list counts, and no other.', async () => {
  const it = stage({ push: { audience: [AUDIENCE, 'b'], serviceAccount: [ACCOUNT, 'second@example.com'] } });
  const status = async (claims: object) =>
    (await it.post(bodyOf(textOf('o1')), { token: it.google.token(claims) })).status;
  expect(await status({})).toBe(204);
  expect(await status({ aud: 'b', email: 'second@example.com' })).toBe(204);
  expect(await status({ aud: 'c' })).toBe(401);
  expect(await status({ email: 'third@example.com' })).toBe(403);
});

it("When Google's certificates can't be had, the answer is 503, and the next request asks again.", async () => {
  const it = stage();
  let isDown = true;
  it.google.onFetch = () => { if (isDown) throw new Error('Failed to retrieve verification certificates: ENOTFOUND'); }; // prettier-ignore
  expect(await it.post(bodyOf(textOf('o1')))).toMatchObject({
    status: 503,
    text: "Google's certificates can not be had",
  });
  expect(it.texts).toEqual([expect.stringContaining('ENOTFOUND')]);
  isDown = false;
  expect(await it.post(bodyOf(textOf('o1')))).toMatchObject({ status: 204 });
});

it.each([
  ['for a moment', 2, 'Failed to retrieve verification certificates: ENOTFOUND'],
  ['from then on', Infinity, 'ENOTFOUND'],
])(
  'Certificates that can not be had while the token is verified, %s, are no fault of the token: 503.',
  async (_, until, text) => {
    const it = stage();
    it.google.onFetch = () => { if (it.google.fetches > 1 && it.google.fetches <= until) throw new Error(text); }; // prettier-ignore
    expect(await it.post(bodyOf(textOf('o1')))).toMatchObject({
      status: 503,
      text: "Google's certificates can not be had",
    });
    expect(it.texts).toEqual([expect.stringContaining("Google's certificates can't be had")]);
  },
);

it.each([1, 2])('Certificates that do not come are waited for 8 s at most: fetch %i.', async (slow) => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const it = stage();
  it.google.onFetch = () => (it.google.fetches === slow ? new Promise(() => {}) : undefined);
  const answer = it.post(bodyOf(textOf('o1')));
  await vi.advanceTimersByTimeAsync(8000);
  expect(await answer).toMatchObject({ status: 503 });
  expect(it.texts).toEqual([expect.stringContaining('not answered for 8 s')]);
  expect(vi.getTimerCount()).toBe(0);
  // The next request asks again.
  expect(await it.post(bodyOf(textOf('o1')))).toMatchObject({ status: 204 });
});

it('Requests that come at once share one fetch of the certificates.', async () => {
  const it = stage();
  const { promise, open } = gate();
  it.google.onFetch = () => promise;
  const answers = Promise.all(Array.from({ length: 5 }, (_, n) => it.post(bodyOf(textOf(`o${n}`)))));
  await expect.poll(() => it.google.fetches).toBe(1);
  open();
  expect((await answers).map(({ status }) => status)).toEqual([204, 204, 204, 204, 204]);
  // Each verification then asks again. A real client would read its cache, but this one counts each time.
  expect(it.google.fetches).toBe(6);
});

it('Strangers cannot fill the logs: a refusal is reported once a minute, with the number of those between.', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const it = stage();
  for (let n = 0; n < 50; n++) await it.post('', { token: null });
  await it.post('', { token: 'a.b.c' });
  expect(it.texts).toEqual([
    expect.stringContaining('it had no token'),
    expect.stringContaining('it is no token of Google'),
  ]);
  vi.advanceTimersByTime(60_000);
  await it.post('', { token: null });
  expect(it.texts[2]).toMatch(/it had no token.*\(49 more like it since the last report\)$/);
});
