/** This module starts what runs in the web process beside its requests. */
import { bus, forwarders } from './bus.ts';
import { inspector } from './inspector.ts';
import { queues } from './queues.ts';
import { shared } from './shared.ts';
import { closeOnExit } from './shutdown.ts';
import { startTelemetry } from './telemetry.ts';
import { waitingObserver } from './worker/waiting.ts';
import { worker } from './worker/worker-process.ts';

/** Starts everything once. instrumentation.ts calls it before the first request. */
export function startShop(): Promise<void> {
  return shared('started', start);
}

async function start(): Promise<void> {
  const endTelemetry = await startTelemetry(bus, 'shop');
  bus.observe(inspector); // tells both pages what happens
  closeOnExit({ bus, worker, endTelemetry }); // a mail that is under way is sent before the process ends
  if (queues === undefined) return;
  bus.observe(waitingObserver((waiting) => (worker.waiting = waiting)));
  worker.start();
  try {
    await queues.shop(bus).start();
    // Verifying reports what is wrong with a queue, and makes the first order as fast as the others.
    for (const forwarder of forwarders) await forwarder.verify();
  } catch (error) {
    console.error((error as Error).message);
  }
}
