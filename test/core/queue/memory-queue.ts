import { EventsError, type CoreBus, type AnyApp, type EventForwarder } from '../../../src/index.ts';
import { cloudEvents } from '../../../src/wire/index.ts';

interface Message {
  readonly id: string;
  readonly text: string;
  readonly attempt: number;
  /** The listeners that still need the message. Default: all. */
  readonly listener?: readonly string[] | undefined;
}

/** A queue in memory. A message that was received comes back, unless it is acknowledged. */
export class MemoryQueue {
  readonly name = 'orders';
  readonly waiting: Message[] = [];
  readonly refused: Message[] = [];

  async send(texts: readonly string[]): Promise<void> {
    for (const text of texts) this.waiting.push({ id: crypto.randomUUID(), text, attempt: 1 });
  }
}

const codec = cloudEvents();

export function memoryForwarder(queue: MemoryQueue, options: Partial<EventForwarder> = {}): EventForwarder {
  return {
    name: 'memory',
    remote: true,
    codec,
    async handleMany(events, { send }) {
      const to = { system: 'memory', destination: queue.name, events };
      await send(to, () => queue.send(events.map((event) => codec.encode(event))));
    },
    ...options,
  };
}

export function memoryConsumer(bus: CoreBus<AnyApp>, queue: MemoryQueue) {
  let isStopped = false;
  const detach = bus.attachSource({ name: queue.name, stop });

  async function stop(): Promise<void> {
    isStopped = true;
    await running;
    detach();
  }

  async function take(message: Message): Promise<void> {
    const { id, text, attempt, listener } = message;
    const from = { system: 'memory', destination: queue.name, messageId: id };
    try {
      const { failures } = await bus.deliver(codec.decode(text), { from, attempt, listener, budget: 1000 });
      if (failures.length === 0) return;
      // A listener that has succeeded doesn't get the message again.
      const left = failures.flatMap(({ via }) => via ?? []);
      const isKnown = left.length === failures.length;
      queue.waiting.push({ ...message, attempt: attempt + 1, listener: isKnown ? left : undefined });
    } catch (error) {
      bus.report(error as Error);
      const code = error instanceof EventsError ? error.code : 'BAD_MESSAGE';
      // This process can't handle any message, so it leaves the queue to others.
      if (['CLOSED', 'DISABLED', 'NO_CONTEXT'].includes(code)) isStopped = true;
      const isRefused = code === 'BAD_MESSAGE' || code === 'BAD_OPTION';
      (isRefused ? queue.refused : queue.waiting).push({ ...message, attempt: attempt + 1 });
    }
  }

  async function run(): Promise<void> {
    while (!isStopped) {
      const message = queue.waiting.shift();
      if (message !== undefined) await take(message);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  const running = run();
  return {
    stop,
    get isStopped() {
      return isStopped;
    },
  };
}
