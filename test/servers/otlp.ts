import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { loadPackageDefinition, type ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

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

const field = (type: string, id: number) => ({ type, id });
const list = (type: string, id: number) => ({ rule: 'repeated', type, id });

/** The parts of the protocol (opentelemetry-proto 1) that are read here. What they lack is skipped. */
const TYPES = {
  Traces: { methods: { export: { requestType: 'TracesRequest', responseType: 'Response' } } },
  Metrics: { methods: { export: { requestType: 'MetricsRequest', responseType: 'Response' } } },
  Response: { fields: {} },
  TracesRequest: { fields: { resourceSpans: list('ResourceSpans', 1) } },
  ResourceSpans: { fields: { resource: field('Resource', 1), scopeSpans: list('ScopeSpans', 2) } },
  Resource: { fields: { attributes: list('KeyValue', 1) } },
  KeyValue: { fields: { key: field('string', 1), value: field('AnyValue', 2) } },
  AnyValue: {
    oneofs: { value: { oneof: ['stringValue', 'boolValue', 'intValue', 'doubleValue'] } },
    fields: {
      stringValue: field('string', 1),
      boolValue: field('bool', 2),
      intValue: field('int64', 3),
      doubleValue: field('double', 4),
    },
  },
  ScopeSpans: { fields: { spans: list('Span', 2) } },
  Span: {
    fields: {
      traceId: field('bytes', 1),
      spanId: field('bytes', 2),
      parentSpanId: field('bytes', 4),
      name: field('string', 5),
      kind: field('SpanKind', 6),
      attributes: list('KeyValue', 9),
      links: list('Link', 13),
    },
  },
  SpanKind: { values: { UNSPECIFIED: 0, INTERNAL: 1, SERVER: 2, CLIENT: 3, PRODUCER: 4, CONSUMER: 5 } },
  Link: { fields: { traceId: field('bytes', 1), spanId: field('bytes', 2) } },
  MetricsRequest: { fields: { resourceMetrics: list('ResourceMetrics', 1) } },
  ResourceMetrics: { fields: { resource: field('Resource', 1), scopeMetrics: list('ScopeMetrics', 2) } },
  ScopeMetrics: { fields: { metrics: list('Metric', 2) } },
  Metric: { fields: { name: field('string', 1) } },
};

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>> & { readonly value: string };
}
interface Resource {
  readonly attributes: readonly KeyValue[];
}
interface Span {
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId: Buffer;
  readonly name: string;
  readonly kind: string;
  readonly attributes: readonly KeyValue[];
  readonly links: readonly { readonly spanId: Buffer }[];
}
interface TracesRequest {
  readonly resourceSpans: readonly {
    readonly resource: Resource;
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}
interface MetricsRequest {
  readonly resourceMetrics: readonly {
    readonly resource: Resource;
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
  }[];
}

const options = { longs: Number, enums: String, defaults: true, arrays: true, oneofs: true };
const packages = loadPackageDefinition(fromJSON({ nested: { otlp: { nested: TYPES } } } as object, options));
const { otlp } = packages as unknown as {
  readonly otlp: Readonly<Record<'Traces' | 'Metrics', { readonly service: ServiceDefinition }>>;
};

function decode<R>(service: 'Traces' | 'Metrics', body: Buffer): R {
  return otlp[service].service['export']!.requestDeserialize(body) as R;
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
  /** Requests that are none of traces and metrics in protobuf. */
  readonly others: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void buffer(request).then((body) => {
        const { url = '', headers } = request;
        const isProtobuf = headers['content-type'] === 'application/x-protobuf';
        if (isProtobuf && url === '/v1/traces') this.#readTraces(decode('Traces', body));
        else if (isProtobuf && url === '/v1/metrics') this.#readMetrics(decode('Metrics', body));
        else this.others.push(`${url} ${headers['content-type']}`);
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      });
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
