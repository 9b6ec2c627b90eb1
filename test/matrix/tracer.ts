import { trace, type Tracer } from '@opentelemetry/api';

/** The spans that a tracer started, by their `id` attribute. Each is a line such as `process noted below create noted`. */
export type Spans = Map<string, string[]>;

/** Makes a tracer without an SDK, which runs on every platform. */
export function makeTracer(spans: Spans): Pick<Tracer, 'startSpan'> {
  const names = new Map<string, string>();
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  return {
    startSpan(_, { attributes = {} } = {}, context) {
      const said = (key: string) => String(attributes[key]);
      const name = `${said('messaging.operation.name')} ${said('messaging.destination.name')}`;
      const parent =
        context === undefined ? undefined : names.get(trace.getSpanContext(context)?.spanId ?? '');
      const id = said('id');
      spans.set(id, [...(spans.get(id) ?? []), parent === undefined ? name : `${name} below ${parent}`]);
      const spanId = String(names.size + 1).padStart(16, '0');
      names.set(spanId, name);
      return trace.wrapSpanContext({ traceId, spanId, traceFlags: 1 });
    },
  };
}
