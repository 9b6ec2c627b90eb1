import type { BusState } from '../model/bus-state.ts';
import { reportHook } from '../report/report.ts';
import { tooLate } from '../scope/scope.ts';
import type { EventSource } from '../types/delivery.ts';
import { isObject } from '../words/guards.ts';
import { aString, badArgument } from '../words/options.ts';

/** `bus.attachSource`: adds a consumer, which `close` will stop. */
export function attachSource(bus: BusState, source: EventSource): () => void {
  if (!isObject(source) || !aString.ok(source.name) || typeof source.stop !== 'function') {
    throw badArgument('bus.attachSource', 'a source: an object with a name and stop', source);
  }
  if (bus.stopping) throw tooLate('bus.attachSource');
  // Each call adds its own entry, so that one source may be attached twice.
  const entry: EventSource = { name: source.name, stop: (options) => source.stop(options) };
  bus.sources.add(entry);
  return () => {
    bus.sources.delete(entry);
    bus.notifyIdleWaiters();
  };
}

/** Stops all sources, which may take `timeout` ms. Those that have not ended stay in `stopping`. */
export function stopSources(bus: BusState, stopping: Set<EventSource>, timeout: number | undefined): void {
  for (const source of bus.sources) {
    bus.sources.delete(source);
    stopping.add(source);
    void stop(bus, source, stopping, timeout);
  }
}

async function stop(
  bus: BusState,
  source: EventSource,
  stopping: Set<EventSource>,
  timeout: number | undefined,
): Promise<void> {
  try {
    await source.stop({ timeout });
  } catch (thrown) {
    reportHook(bus, `The source ${source.name}, in stop,`, thrown);
  }
  stopping.delete(source);
  bus.notifyIdleWaiters();
}
