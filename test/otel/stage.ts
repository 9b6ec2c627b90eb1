import { trace, type Span } from '@opentelemetry/api';
import { afterEach, beforeEach } from 'vitest';
import { openTelemetry, type OpenTelemetryOptions } from '../../src/otel/index.ts';
import { e } from '../core/shop.ts';
import { registerSdk, type SpanRecord } from './sdk.ts';

type BusOptions = Omit<Parameters<typeof e.bus>[0], 'observers'>;

export interface StageOptions extends BusOptions {
  readonly otel?: OpenTelemetryOptions;
}

/** Registers the SDK for each test of a file, which must end without an open span. */
export function useSdk() {
  const sdk = { current: registerSdk() };
  beforeEach(async () => {
    await sdk.current.off();
    sdk.current = registerSdk();
  });
  afterEach(async () => {
    const { open } = sdk.current;
    await sdk.current.off();
    if (open > 0) throw new Error(`${open} spans have not ended`);
  });
  return {
    spans: () => sdk.current.spans(),
    points: () => sdk.current.points(),
    get current() {
      return sdk.current;
    },
  };
}

/** Makes a bus that is traced. */
export function traced({ otel, ...options }: StageOptions) {
  return e.bus({
    unhandled: 'ignore',
    onError: () => {},
    ...options,
    observers: [openTelemetry(otel)],
  });
}

/** Runs the code of a request in a span of its own, as the instrumentation of a server does. */
export async function request<R>(run: (span: Span) => R | Promise<R>, name = 'POST'): Promise<R> {
  return trace.getTracer('test').startActiveSpan(name, async (span) => {
    try {
      return await run(span);
    } finally {
      span.end();
    }
  });
}

/** Shows spans as a tree: each name with its children. Spans whose parent is none of them are roots. */
export function treeOf(spans: readonly SpanRecord[]): unknown[] {
  const ids = new Set(spans.map(({ id }) => id));
  const childrenOf = (parent: string | undefined): unknown[] =>
    spans
      .filter((span) => (parent === undefined ? !ids.has(span.parent ?? '') : span.parent === parent))
      .map(({ name, id }) => {
        const children = childrenOf(id);
        return children.length === 0 ? name : { [name]: children };
      });
  return childrenOf(undefined);
}

/** Returns the one span of a name. */
export function only(spans: readonly SpanRecord[], name: string): SpanRecord {
  const found = spans.filter((span) => span.name === name);
  if (found.length !== 1)
    throw new Error(
      `${found.length} spans are named ${name}, of ${spans.map(({ name }) => name).join(', ')}`,
    );
  return found[0]!;
}

/** Returns the names of the spans that a span is linked to. */
export function linksOf(spans: readonly SpanRecord[], { links }: SpanRecord): (string | undefined)[] {
  return links.map(({ id }) => spans.find((span) => span.id === id)?.name);
}
