import type { BusOptions, DeliveryInfo, ErrorReport } from '../../src/index.ts';
import { pubsubPush, type PubsubPushOptions } from '../../src/pubsub/index.ts';
import { e, textOf as orderText, textsOf } from '../queue/worker.ts';
import { ACCOUNT, AUDIENCE, Google } from './google.ts';

export interface PushStageOptions {
  readonly work?: (id: string, signal: AbortSignal) => unknown;
  readonly bus?: Partial<BusOptions<(typeof e)['~types']>>;
  readonly push?: Partial<PubsubPushOptions>;
}

/** Makes a bus behind a push route. */
export function stage({ work = () => {}, bus: busOptions, push }: PushStageOptions = {}) {
  const google = new Google();
  const reports: ErrorReport[] = [];
  const deliveries: DeliveryInfo[] = [];
  const router = e
    .router()
    .on('order.placed', ({ event, signal }) => work(event.payload.id, signal), { name: 'ship' });
  const bus = e.bus({
    handlers: [router],
    onError: (report) => void reports.push(report),
    unhandled: 'ignore',
    observers: [{ name: 'sees', wrapDelivery: (info, run) => (deliveries.push(info), void run()) }],
    ...busOptions,
  });
  const handler = pubsubPush(bus, {
    audience: AUDIENCE,
    serviceAccount: ACCOUNT,
    auth: google.auth(),
    ...push,
  });
  /** Sends a request, by default as Pub/Sub does. */
  async function post(
    body: string | ReadableStream<Uint8Array> | null,
    init: RequestInit & { token?: string | null } = {},
  ) {
    const { token = google.token(), ...rest } = init;
    const headers = new Headers({
      'content-type': 'application/json',
      ...(token !== null && { authorization: `Bearer ${token}` }),
    });
    for (const [name, value] of new Headers(rest.headers)) headers.set(name, value);
    const request = new Request(AUDIENCE, {
      method: 'POST',
      body,
      duplex: 'half',
      ...rest,
      headers,
    });
    const response = await handler(request);
    return { status: response.status, text: await response.text(), headers: response.headers };
  }
  return {
    google,
    bus,
    router,
    reports,
    deliveries,
    handler,
    post,
    /** The texts of the reports that are not about a failed listener. */
    get texts() {
      return textsOf(reports);
    },
  };
}

export const textOf = (id: string, over?: object): string => orderText({ id }, over);

/** Returns the body of a push request. */
export const bodyOf = (
  text: string,
  {
    subscription = 'orders-push',
    message = {},
    ...over
  }: { subscription?: string; message?: object } & Record<string, unknown> = {},
) =>
  JSON.stringify({
    message: {
      data: Buffer.from(text).toString('base64'),
      messageId: 'm-1',
      message_id: 'm-1',
      publishTime: '2026-01-02T03:04:05.678Z',
      publish_time: '2026-01-02T03:04:05.678Z',
      attributes: {},
      ...message,
    },
    subscription: `projects/test/subscriptions/${subscription}`,
    ...over,
  });
