import { bus } from '../bus.ts';
import { createClient, type Client } from '../client.ts';
import { logger } from '../logger.ts';
import type { Server } from '../server.ts';
import { recordCalls, type ClientCall } from '../trace/client-calls.ts';
import { Recorder, type TracedEvent, type TracedRun } from '../trace/recorder.ts';
import type { TracedSpan } from '../trace/spans.ts';
import { flat, summary } from '../trace/summary.ts';

/** The client that a scene plays with, and the records of what happened. */
export class Stage {
  readonly client: Client;
  /** The calls that the client made, and their answers. */
  readonly calls: ClientCall[] = [];
  readonly trace = new Recorder();
  /** Spans of OpenTelemetry. If there are any, they are shown instead of the events. */
  spans: readonly TracedSpan[] = [];
  /** What the application has logged. */
  readonly logged: string[] = [];
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
    this.client = createClient(server.url, recordCalls(this.calls));
    bus.observe(this.trace);
    logger.print = (line) => this.logged.push(line);
  }

  /** Waits until all responses are sent and all listeners are done. Returns a `summary` of the events. */
  async settled(): Promise<string[]> {
    await this.#server.quiet();
    await bus.drain();
    return summary(this.trace.roots);
  }

  /** Returns all events, each followed by those that it caused. */
  events(): TracedEvent[] {
    return flat(this.trace.roots);
  }

  /** Returns the runs of one listener. */
  runs(name: string): TracedRun[] {
    return this.events().flatMap(({ runs }) => runs.filter(({ listener }) => listener === name));
  }

  clear(): void {
    this.trace.clear();
    this.calls.length = this.logged.length = 0;
    this.spans = [];
  }
}
