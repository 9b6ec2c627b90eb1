import { readBusOptions } from '../../core/bus/bus-options.ts';
import { printLine } from '../../core/report/line.ts';
import { DECORATE } from '../../core/router/target.ts';
import type { AnyApp } from '../../core/types/app.ts';
import type { BusOptions } from '../../core/types/bus-options.ts';
import type { CoreBus } from '../../core/types/bus.ts';
import type { AnyHandler } from '../../core/types/handler.ts';
import type { Patterns } from '../../core/types/select.ts';
import { isObject } from '../../core/words/guards.ts';
import { aBoolean, badArgument, readOptions, type Rules } from '../../core/words/options.ts';
import { cloudEvents } from '../../wire/cloud-events.ts';
import type { Codec } from '../../wire/codec.ts';
import { FailRate } from './fail-rate.ts';
import { Hold } from './hold.ts';
import { loopback } from './loopback.ts';
import { type Only, OnlyThese, type TestTarget } from './only.ts';
import type { AnyBuilder, TestBusOptions, TestControls } from './types.ts';
import { LOOPBACK } from '../show.ts';

const FAULTS: Rules = {
  only: { ok: isOnly, words: 'false, names of listeners, or { events: patterns }' },
  throughCodec: {
    ok: (v) =>
      typeof v === 'boolean' ||
      (isObject(v) && typeof v['encode'] === 'function' && typeof v['decode'] === 'function'),
    words: 'true, false or a codec, such as cloudEvents()',
  },
  deliverTwice: aBoolean,
  failRate: { ok: (v) => typeof v === 'number' && v >= 0 && v <= 1, words: 'a number from 0 to 1' },
  seed: { ok: Number.isSafeInteger, words: 'a whole number' },
  hold: aBoolean,
};

function isOnly(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((name) => typeof name === 'string');
  if (isObject(value)) return Object.keys(value).join() === 'events';
  return value === false || typeof value === 'string';
}

/** The faults after the checks. */
interface Given {
  readonly only?: Only;
  readonly throughCodec?: boolean | Codec;
  readonly deliverTwice?: boolean;
  readonly failRate?: number;
  readonly seed?: number;
  readonly hold?: boolean;
}

/**
 * Makes a bus as `e.bus` does, with faults that are provoked on purpose.
 *
 * @throws EventsError `BAD_OPTION`, `BAD_PATTERN`
 *
 * @example
 * ```ts
 * import { testBus } from 'trpc-events/testing';
 *
 * await using bus = testBus(e, {
 *   handlers: [eventRouter],
 *   createContext: () => ({ db }),
 *   faults: { failRate: 0.1, seed: 7, deliverTwice: true },
 * });
 * ```
 */
export function testBus<
  E extends AnyBuilder,
  const H extends readonly AnyHandler[],
  P extends Patterns<E['~types']>,
>(e: E, options: TestBusOptions<E['~types'], H, P>): ReturnType<E['bus']> & TestControls {
  if (!isObject(e) || typeof e['bus'] !== 'function') {
    throw badArgument('testBus', 'what initEvents.create() gives, and then the options of e.bus', e);
  }
  const { faults, ...rest } = (options ?? {}) as { faults?: Given };
  readBusOptions(rest as BusOptions<AnyApp>);
  const given: Given = readOptions('testBus, faults', faults, FAULTS);
  const make = (given: object) => e.bus(given as never) as CoreBus<AnyApp>;
  const bus: object = provoked(make, rest as BusOptions<AnyApp>, given);
  return bus as ReturnType<E['bus']> & TestControls;
}

function provoked(
  make: (options: object) => CoreBus<AnyApp>,
  options: BusOptions<AnyApp>,
  faults: Given,
): CoreBus<AnyApp> & TestControls {
  const { only, deliverTwice = false, failRate = 0 } = faults;
  const { seed = Math.floor(Math.random() * 2 ** 31) } = faults;
  const codec = codecOf(faults);
  const hold = faults.hold === true ? new Hold() : undefined;
  const onlyThese = only === undefined ? undefined : new OnlyThese(only);
  const failing = failRate > 0 ? new FailRate(failRate, seed, deliverTwice) : undefined;
  const forwarder =
    codec === undefined && !deliverTwice
      ? undefined
      : loopback(options.handlers, codec, deliverTwice ? 2 : 1, () => bus);

  const bus: CoreBus<AnyApp> = make({
    ...options,
    ...(forwarder && { handlers: [...options.handlers, forwarder] }),
    ...(failing && { observers: [...(options.observers ?? []), failing.observer] }),
    ...(hold && { defer: hold.strategy }),
    [DECORATE](target: TestTarget) {
      if (target.remote && target.name === LOOPBACK) return target;
      onlyThese?.decorate(target);
      failing?.decorate(target);
      return target;
    },
  });
  onlyThese?.assertKnown(bus);
  hold?.takeOver(bus as never);
  if (failing !== undefined && faults.seed === undefined)
    printLine(
      `testBus has the seed ${seed}: with \`faults: { seed: ${seed} }\` the same attempts fail again.`,
    );
  return Object.assign(bus, { seed, release: async () => hold?.release() });
}

function codecOf({ throughCodec = false }: Given): Codec | undefined {
  if (typeof throughCodec !== 'boolean') return throughCodec;
  return throughCodec ? cloudEvents() : undefined;
}
