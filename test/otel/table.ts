/** Turns spans into rows like those of docs/observability.md, with the names of spans and events instead of their ids. */
import type { Attributes } from '@opentelemetry/api';
import type { SpanRecord } from './sdk.ts';

export interface Row {
  readonly name: string;
  readonly kind: string;
  readonly parent: string | undefined;
  readonly links: readonly string[];
  readonly attributes: Attributes;
  readonly status: string;
  /** The names of span events. */
  readonly events: readonly string[];
}

const IDS = ['messaging.message.id', 'messaging.message.conversation_id'] as const;

/** Returns a row for each span. An event is called by the name of its span, with a number if several have that name. */
export function tableOf(spans: readonly SpanRecord[]): Row[] {
  const labels = new Map<unknown, string>();
  for (const { name, attributes } of spans) {
    if (attributes['messaging.operation.name'] !== 'create') continue;
    const same = [...labels.values()].filter((label) => label.split('#')[0] === name.slice(7)).length;
    labels.set(attributes[IDS[0]], same === 0 ? name.slice(7) : `${name.slice(7)}#${same + 1}`);
  }
  const named = (id: unknown) => labels.get(id) ?? id;
  const nameOf = (id: string | undefined) => spans.find((span) => span.id === id)?.name ?? id;
  return spans.map(({ name, kind, parent, links, attributes, status, events }) => ({
    name,
    kind,
    parent: nameOf(parent),
    links: links.map(({ id }) => nameOf(id)!),
    attributes: {
      ...attributes,
      ...Object.fromEntries(
        IDS.flatMap((key) => (key in attributes ? [[key, named(attributes[key]) as string]] : [])),
      ),
    },
    status,
    events: events.map((event) => event.name),
  }));
}

interface EventOptions {
  /** The event: its name, with its number if several have that name. */
  readonly event: string;
  /** The first event of its chain. Default: itself. */
  readonly first?: string;
  readonly depth?: number;
  readonly procedure?: string;
}

function attributesOf(
  operation: string,
  { event, first = event, depth = 0, procedure }: EventOptions,
  more: Attributes,
): Attributes {
  return {
    'messaging.system.name': 'trpc_events',
    'messaging.system': 'trpc_events',
    'messaging.destination.name': event.split('#')[0]!,
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.message.id': event,
    'messaging.message.conversation_id': first,
    'trpc_events.depth': depth,
    ...(procedure !== undefined && { 'trpc_events.procedure': procedure }),
    ...more,
  };
}

/** Returns the row of a dispatch. */
export function create(parent: string | undefined, options: EventOptions, more: Attributes = {}): Row {
  return {
    name: `create ${options.event.split('#')[0]}`,
    kind: 'PRODUCER',
    parent,
    links: [],
    attributes: attributesOf('create', options, more),
    status: 'unset',
    events: [],
  };
}

interface AttemptOptions extends EventOptions {
  readonly listener: string;
  readonly attempt?: number;
  readonly attempts?: number;
  /** The `error.type`, if the attempt failed. */
  readonly error?: string;
}

/** Returns the row of an attempt. Its parent is the span of its event's dispatch, unless another one is given. */
export function attempt(
  options: AttemptOptions,
  parent: string | undefined = `create ${options.event.split('#')[0]}`,
): Row {
  const { event, listener, attempt = 1, attempts = 1, error } = options;
  return {
    name: `${listener} ${event.split('#')[0]}`,
    kind: 'INTERNAL',
    parent,
    links: [],
    attributes: attributesOf('process', options, {
      'trpc_events.listener': listener,
      'trpc_events.attempt': attempt,
      'trpc_events.attempts': attempts,
      ...(error !== undefined && { 'error.type': error }),
    }),
    status: error === undefined ? 'unset' : 'error',
    events: error === undefined ? [] : ['exception'],
  };
}
