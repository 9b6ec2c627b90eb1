import type { EventObserver } from 'trpc-events';
import { createInspector } from 'trpc-events/inspector';

/** The address of the inspector that start/inspector.ts has opened; none if the shop was started without it. */
export const inspectorUrl: string | undefined = process.env.INSPECTOR_URL || undefined;

interface InspectedBus {
  observe(observer: EventObserver): () => void;
}

/** Tells the inspector what a bus does. `process` is what its page calls this process. */
export function inspect(bus: InspectedBus, process: string): void {
  if (inspectorUrl !== undefined) bus.observe(createInspector({ process, forwardTo: inspectorUrl }));
}
