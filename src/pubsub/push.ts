import { EventsError } from '../core/words/errors.ts';
import { isObject } from '../core/words/guards.ts';
import { aCount, readOptions, type Rule, type Rules, withMethods } from '../core/words/options.ts';
import { quote } from '../core/words/quote.ts';
import { assertBus } from '../queue/options.ts';
import { type Handling, handling, type Outcome, RECEIVE_OPTIONS } from '../queue/receiver.ts';
import type { ReceiveOptions, ReceivingBus } from '../queue/types.ts';
import { aSubscription } from './client/options.ts';
import { readResource, type Resource } from './client/resource.ts';
import { HeldClaim } from './receive/held-claim.ts';
import { type PushedMessage, readBody, readMessage, unreadable } from './receive/push-body.ts';
import { Refusal, RefusalReports } from './receive/refusal.ts';
import { type PushAuth, TokenCheck } from './receive/token-check.ts';

/** The options of `pubsubPush`. */
export interface PubsubPushOptions extends ReceiveOptions {
  /**
   * The audience of the tokens, or several: the push subscription's `--push-auth-token-audience`, or the URL of its
   * endpoint if it has none.
   */
  audience: string | readonly string[];
  /** The email of the service account, or of several, that the push subscription has as `--push-auth-service-account`. */
  serviceAccount: string | readonly string[];
  /** The subscription, or several, such as `orders-push`. Messages of others are refused. Default: any. */
  subscription?: string | readonly string[] | undefined;
  /** The maximum size of a body, in bytes. Default: 14,680,064 (14 MiB), for a message of 10 MB in base64. */
  maxBytes?: number | undefined;
  /** An `OAuth2Client` of `google-auth-library`. Default: a new one. */
  auth?: PushAuth | undefined;
}

/** The handler that `pubsubPush` makes. */
export type PubsubPushHandler = (request: Request) => Promise<Response>;

/** Makes a rule for one value, or for a list of such values that is not empty. */
const oneOrMore = (isOne: (value: unknown) => boolean, words: string): Rule => ({
  ok: (v) => (Array.isArray(v) ? v.length > 0 && v.every(isOne) : isOne(v)),
  words: `${words}, or a list of such`,
});
const anAudience = oneOrMore(
  (v) => typeof v === 'string' && v !== '',
  'the audience of the tokens, such as the URL of the route',
);
const anAccount = oneOrMore(
  (v) => typeof v === 'string' && /^[^@\s]+@[^@\s]+$/.test(v),
  'the email of a service account, such as push@my-project.iam.gserviceaccount.com',
);
const OPTIONS: Rules = {
  ...RECEIVE_OPTIONS,
  audience: anAudience,
  serviceAccount: anAccount,
  subscription: oneOrMore(aSubscription.ok, aSubscription.words),
  maxBytes: aCount,
  auth: withMethods(
    ['verifyIdToken', 'getFederatedSignonCertsAsync'],
    'an OAuth2Client of google-auth-library',
  ),
};

/**
 * How long after its arrival the listeners of a request may be retried, in ms: a push subscription waits for 10 s by
 * default.
 */
const BUDGET = 9000;

const ANSWERS: Readonly<Record<Exclude<Outcome, 'handled'>, readonly [number, string]>> = {
  failed: [500, 'a listener has failed'],
  refused: [422, 'the message is not an event of this application'],
  busy: [503, 'the message is busy elsewhere, or the dedupe store has failed'],
  unable: [500, 'the message could not be handled'],
  closed: [503, 'the application takes no messages now'],
};

/**
 * Makes a handler for the requests of a push subscription of Pub/Sub: for a route of Next.js, Hono, or any framework that
 * has `Request` and `Response`. The token in each request is verified before its body is read. Answers 204 when everything
 * that the message led to is done; with any other answer, Pub/Sub sends the message again.
 *
 * @throws EventsError `BAD_OPTION`; from the handler, as a rejection, `BAD_OPTION` if it gets no `Request`
 *
 * @example
 * ```ts
 * import { pubsubPush } from 'trpc-events/pubsub';
 *
 * export const POST = pubsubPush(bus, {
 *   audience: 'https://shop.example.com/api/events',
 *   serviceAccount: 'push@my-project.iam.gserviceaccount.com',
 * });
 * ```
 */
export function pubsubPush(bus: ReceivingBus, options: PubsubPushOptions): PubsubPushHandler {
  assertBus('pubsubPush', bus);
  const {
    audience,
    serviceAccount,
    subscription,
    maxBytes = 14 * 2 ** 20,
    auth,
    ...receiving
  } = readOptions('pubsubPush', options, OPTIONS);
  if (audience === undefined) throw missing('audience', anAudience);
  if (serviceAccount === undefined) throw missing('serviceAccount', anAccount);
  const tokens = new TokenCheck({ audiences: listOf(audience), accounts: listOf(serviceAccount), auth });
  const allowed =
    subscription === undefined
      ? undefined
      : listOf(subscription).map((name) => readResource('subscriptions', name)!);
  const refusals = new RefusalReports((text) =>
    bus.report(new EventsError('RECEIVE_FAILED', `pubsubPush: ${text}`)),
  );
  const receivers = new Map<string, Handling>();
  // The options are checked now, although the subscriptions are only known from the requests.
  receiverOf('push');

  function receiverOf(id: string): Handling {
    let receive = receivers.get(id);
    if (receive === undefined) {
      const where = { name: `push/${id}`, system: 'gcp.pubsub', destination: id };
      receive = handling(bus, { ...receiving, ...where });
      receivers.set(id, receive);
    }
    return receive;
  }

  return async function handlePush(request) {
    assertRequest(request);
    const arrived = performance.now();
    if (request.method !== 'POST') return answer(405, 'only POST is allowed', { allow: 'POST' });
    const pushed = await messageOf(request);
    if (pushed instanceof Refusal) {
      refusals.add(pushed);
      const headers = pushed.status === 401 ? { 'www-authenticate': 'Bearer' } : {};
      return answer(pushed.status, pushed.text, headers);
    }
    const { message, subscription } = pushed;
    const claim = new HeldClaim();
    const budget = Math.max(arrived + BUDGET - performance.now(), 0);
    const outcome = await receiverOf(subscription.id)
      // Pub/Sub has given up a request that it has aborted, and sends the message again.
      .handle({ ...message, signal: request.signal, lease: claim, budget })
      .finally(() => claim.end());
    return outcome === 'handled' ? new Response(null, { status: 204 }) : answer(...ANSWERS[outcome]);
  };

  async function messageOf(request: Request): Promise<PushedMessage | Refusal> {
    const refusal = await tokens.refusalOf(request.headers.get('authorization'));
    if (refusal !== undefined) return refusal;
    let body: string | Refusal;
    try {
      body = await readBody(request, maxBytes);
    } catch (error) {
      return unreadable(error);
    }
    const pushed = body instanceof Refusal ? body : readMessage(body);
    if (pushed instanceof Refusal || allowed === undefined) return pushed;
    const { id } = pushed.subscription;
    if (allowed.some((resource) => isSame(resource, pushed.subscription))) return pushed;
    return new Refusal(
      403,
      'this subscription may not push',
      `its message is of the subscription ${quote(id)}, and not of ${allowed.map(({ id }) => quote(id)).join(', ')}`,
    );
  }
}

function missing(option: string, { words }: Rule): EventsError {
  return new EventsError(
    'BAD_OPTION',
    `pubsubPush: it needs ${option}, ${words}: without it, anybody could send events. It is undefined: is the environment variable set, for the build too?`,
  );
}

/** @throws EventsError `BAD_OPTION`, because the request of a framework such as Express would seem to have no token */
function assertRequest(request: unknown): asserts request is Request {
  const headers = isObject(request) ? request['headers'] : undefined;
  if (isObject(headers) && typeof headers['get'] === 'function') return;
  throw new EventsError(
    'BAD_OPTION',
    'The handler of pubsubPush takes a Request as fetch knows it. Convert the request of another framework to one, with its raw body.',
  );
}

function listOf(given: string | readonly string[]): readonly string[] {
  return typeof given === 'string' ? [given] : [...given];
}

/** Returns true if the subscriptions are the same. One that was given without a project matches any project. */
function isSame(allowed: Resource, pushed: Resource): boolean {
  return allowed.id === pushed.id && (allowed.project ?? pushed.project) === pushed.project;
}

function answer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain', ...headers } });
}
