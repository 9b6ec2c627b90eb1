import type { Subscription, Topic } from '@google-cloud/pubsub';
import { pubsubForwarder, type PubsubForwarderOptions } from '../../src/pubsub/index.ts';
import { Emulator, missingEmulator } from '../servers/pubsub/emulator.ts';
import { Driver } from '../servers/pubsub/conformance/driver.ts';
import { PubsubServer } from '../servers/pubsub.ts';
import { e } from '../queue/worker.ts';
import { workerOf, type WorkerOptions } from './worker.ts';

/** The servers on which the same cases run. */
export const PLACES = [
  { place: 'the test server', missing: undefined, start: () => PubsubServer.start() },
  { place: "Google's emulator", missing: missingEmulator, start: () => Emulator.start() },
] as const;
export type Place = Awaited<ReturnType<(typeof PLACES)[number]['start']>>;

/** A case of what a forwarder or a consumer does. `emulator` is the reason why Google's emulator can't show it. */
export interface PlaceCase {
  readonly name: string;
  readonly emulator?: string;
  run(scene: Scene): Promise<void>;
}

/** Makes forwarders and workers on topics and subscriptions of their own, which end with the scene. */
export class Scene extends Driver {
  readonly place: string;
  /** The test server. Undefined on Google's emulator. */
  readonly server: PubsubServer | undefined;
  readonly #ends: (() => Promise<unknown>)[] = [];

  constructor(place: string, server: Place) {
    super(server.client());
    this.place = place;
    this.server = server instanceof PubsubServer ? server : undefined;
  }

  /** Makes a bus that sends to a topic, and its forwarder. */
  forwarderTo(topic: Topic | string, options: Partial<PubsubForwarderOptions> = {}) {
    const failed: string[] = [];
    const forwarder = pubsubForwarder({
      topic: typeof topic === 'string' ? topic : topic.name,
      client: this.client,
      orderingKey: ({ key }) => key,
      ...options,
    });
    const bus = e.bus({
      handlers: [forwarder],
      onError: ({ error }) => void failed.push((error.cause as Error).message),
    });
    this.#ends.push(() => bus.close({ timeout: 2000 }));
    return { bus, forwarder, failed };
  }

  /** Makes a worker of a subscription, and starts it unless told not to. */
  async worker({ name }: Subscription, { isIdle = false, ...options }: WorkerOptions & { isIdle?: boolean }) {
    const consumer = { ...options.consumer, subscription: name };
    const worker = workerOf(this.client, { ...options, consumer });
    this.#ends.push(() => worker[Symbol.asyncDispose]());
    if (!isIdle) await worker.consumer.start();
    return worker;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#ends.map((end) => end().catch(() => {})));
    await super[Symbol.asyncDispose]();
  }
}
