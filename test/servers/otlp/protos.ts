import { loadPackageDefinition, type ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

const field = (type: string, id: number) => ({ type, id });
const list = (type: string, id: number) => ({ rule: 'repeated', type, id });

/** The parts of the protocol (opentelemetry-proto 1) that are read here. All other fields are skipped. */
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

export interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>> & { readonly value: string };
}
export interface Resource {
  readonly attributes: readonly KeyValue[];
}
export interface Span {
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId: Buffer;
  readonly name: string;
  readonly kind: string;
  readonly attributes: readonly KeyValue[];
  readonly links: readonly { readonly spanId: Buffer }[];
}
export interface TracesRequest {
  readonly resourceSpans: readonly {
    readonly resource: Resource;
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}
export interface MetricsRequest {
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

/** Reads the body of a request. */
export function decode<R>(service: 'Traces' | 'Metrics', body: Buffer): R {
  return otlp[service].service['export']!.requestDeserialize(body) as R;
}
