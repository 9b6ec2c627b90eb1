import { inspect } from 'node:util';
import type { AnyEvent, EventsError } from '../../src/index.ts';
import type { BrokerMessage, Codec } from '../../src/wire/index.ts';
import { e } from './hostile-shop.ts';

/** Built-in constructors and their prototypes, which no text may change. */
const shared = (
  'Object Array Function String Number Boolean BigInt Symbol Date Map Set RegExp Promise Error TypeError URL ' +
  'Uint8Array Float64Array ArrayBuffer'
)
  .split(' ')
  .map((name) => (globalThis as unknown as Record<string, Function>)[name]!)
  .flatMap((made) => [made, made.prototype as object]);
const membersOf = () =>
  shared.flatMap((object) =>
    Reflect.ownKeys(object).flatMap((key) => {
      const { value, get, set } = Object.getOwnPropertyDescriptor(object, key)!;
      return [key, value, get, set] as unknown[];
    }),
  );
const countKeys = () => shared.reduce((sum, object) => sum + Reflect.ownKeys(object).length, 0);

/** Makes a bus that keeps what its listener and its handler see, with functions that check for refusals and pollution. */
export function hostileBus() {
  const before = membersOf();
  const keysBefore = countKeys();
  const seen: AnyEvent[] = [];
  const bus = e.bus({
    handlers: [
      e.router().on('**', ({ event }) => void seen.push(event), { name: 'listener' }),
      { name: 'handler', handle: (event: AnyEvent) => void seen.push(event) },
    ],
    createContext: () => ({}),
    meta: () => ({ tenant: 'none', since: new Date(0) }),
  });
  return {
    seen,
    /** Delivers a text. Returns the error, or `undefined` if it was taken. */
    async refusalOf(codec: Codec, text: string, from?: BrokerMessage): Promise<EventsError | undefined> {
      try {
        await bus.deliver(codec.decode(text, from));
        return undefined;
      } catch (error) {
        return error as EventsError;
      }
    },
    /** A quick check for each text, by the number of keys. `wasPolluted` checks closely, once at the end. */
    isPolluted: () => countKeys() !== keysBefore,
    wasPolluted() {
      const members = membersOf();
      return members.length !== before.length || members.some((member, i) => !Object.is(member, before[i]));
    },
    close: () => bus.close(),
  };
}

/** Returns true for the codes of a refusal. An unknown name has its own, because a newer version may have sent it. */
export const isRefusal = (code: unknown) => code === 'BAD_MESSAGE' || code === 'UNKNOWN_EVENT';

/** Returns the CPU time of this thread, so that other work on the machine does not count. */
export function millisecondsOfWork(): number {
  // Node.js 22 only knows the CPU time of all threads together.
  const own = (process as Partial<NodeJS.Process>).threadCpuUsage?.();
  const { user, system } = own ?? process.cpuUsage();
  return (user + system) / 1000;
}

const causes = (error: unknown): unknown[] => (error instanceof Error ? [error, ...causes(error.cause)] : []);

/** Returns everything that may be printed of an error. */
export const told = (error: unknown) =>
  [
    inspect(error, { depth: 9 }),
    JSON.stringify(error),
    ...causes(error).map((it) => `${String(it)} ${(it as Error).stack}`),
  ].join(' ');
