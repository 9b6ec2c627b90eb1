import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  decode,
  type KeyValue,
  type MetricsRequest,
  type Resource,
  type Span,
  type TracesRequest,
} from './otlp/protos.ts';

/** A span as it was received. Ids are in hex. */
export interface ReceivedSpan {
  /** The `service.name` of the process that has sent it. */
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly trace: string;
  readonly id: string;
  /** Undefined for the root of a trace. */
  readonly parent: string | undefined;
  /** The ids of the spans that it is linked to. */
  readonly links: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * A receiver of OTLP over HTTP, in protobuf, as a collector is. It keeps what processes send to it.
 *
 * @example
 * await using receiver = await OtlpReceiver.start();
 * run({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint } });
 */
export class OtlpReceiver implements AsyncDisposable {
  readonly spans: ReceivedSpan[] = [];
  /** The names of the metrics of each service. */
  readonly metrics = new Map<string, Set<string>>();
  /** Requests that are neither traces nor metrics in protobuf. */
  readonly others: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      await this.#read(request);
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  }

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #read(request: IncomingMessage): Promise<void> {
    const { url = '', headers } = request;
    const body = await buffer(request);
    const isProtobuf = headers['content-type'] === 'application/x-protobuf';
    if (isProtobuf && url === '/v1/traces') this.#readTraces(decode('Traces', body));
    else if (isProtobuf && url === '/v1/metrics') this.#readMetrics(decode('Metrics', body));
    else this.others.push(`${url} ${headers['content-type']}`);
  }

  #readTraces({ resourceSpans }: TracesRequest): void {
    for (const { resource, scopeSpans } of resourceSpans)
      for (const { spans } of scopeSpans)
        for (const span of spans) this.spans.push(recordOf(span, serviceOf(resource)));
  }

  #readMetrics({ resourceMetrics }: MetricsRequest): void {
    for (const { resource, scopeMetrics } of resourceMetrics) {
      const names = this.metrics.get(serviceOf(resource)) ?? new Set();
      this.metrics.set(serviceOf(resource), names);
      for (const { metrics } of scopeMetrics) for (const { name } of metrics) names.add(name);
    }
  }
}

function recordOf(span: Span, service: string): ReceivedSpan {
  const parent = span.parentSpanId.toString('hex');
  return {
    service,
    name: span.name,
    kind: span.kind,
    trace: span.traceId.toString('hex'),
    id: span.spanId.toString('hex'),
    parent: parent === '' ? undefined : parent,
    links: span.links.map(({ spanId }) => spanId.toString('hex')),
    attributes: valuesOf(span.attributes),
  };
}

function valuesOf(attributes: readonly KeyValue[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value[value.value]]));
}

function serviceOf({ attributes }: Resource): string {
  return String(valuesOf(attributes)['service.name']);
}
