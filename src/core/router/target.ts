import type { HandleArgument } from '../attempt/handle-argument.ts';
import { assertSelects, compilePatterns, type Selector } from '../catalog/pattern.ts';
import { Semaphore } from '../model/semaphore.ts';
import type { Target } from '../model/target.ts';
import type { EventShape } from '../types/catalog.ts';
import type { EventForwarder, EventHandler, HandleOptions } from '../types/handler.ts';
import { memberOf } from '../words/guards.ts';
import { quote } from '../words/quote.ts';
import type { Registration, RouterCore } from './router-core.ts';

/** The key of an option that no type has. `trpc-events/testing`, maybe another copy of this package, changes targets by it. */
export const DECORATE = Symbol.for('trpc-events.decorate-targets.1');
export type DecorateTarget = (target: Target) => Target;

/** Makes the selector of a listener. A router of a smaller catalog gets only that catalog's events, even for `*`. */
export function selectorOf(selector: Selector, router: RouterCore): (name: string) => boolean {
  return (name) => selector.selects(name) && Object.hasOwn(router.shape, name);
}

/** The registration of every handler, because handlers stay for as long as their bus. */
const FOR_GOOD = { isOff: false };

/** @throws EventsError `BAD_PATTERN` */
export function handlerTarget(handler: EventHandler & Partial<EventForwarder>, shape: EventShape): Target {
  const selector = compilePatterns(memberOf(handler, 'events') ?? '*');
  assertSelects(selector, shape, `e.bus, handler ${quote(handler.name)}`);
  const batch = memberOf(handler, 'handleMany') !== undefined;
  const remote = memberOf(handler, 'remote') === true;
  return {
    name: handler.name,
    isNamed: true,
    kind: remote ? 'forwarder' : 'handler',
    batch,
    passive: memberOf(handler, 'passive') === true,
    remote,
    local: memberOf(handler, 'local'),
    codec: memberOf(handler, 'codec'),
    patterns: selector.patterns,
    selects: selector.selects,
    registered: FOR_GOOD,
    invoke: batch
      ? ({ events, options }: HandleArgument) => handler.handleMany!(events!, options)
      : ({ event, options }: HandleArgument) => handler.handle!(event!, options as HandleOptions),
    retryPolicy: undefined,
    semaphore: undefined,
    lane: undefined,
  };
}

/** Makes the target of a listener. `name` is provisional; the registry makes it unique. */
export function listenerTarget(registration: Registration, router: RouterCore): Target {
  const { selector, invoke, retryPolicy } = registration;
  return {
    name: registration.fallback,
    isNamed: registration.name !== undefined,
    kind: 'listener',
    batch: false,
    passive: false,
    remote: false,
    local: undefined,
    codec: undefined,
    patterns: selector.patterns,
    selects: selectorOf(selector, router),
    registered: registration,
    invoke,
    retryPolicy,
    semaphore: retryPolicy?.concurrency === undefined ? undefined : new Semaphore(retryPolicy.concurrency),
    lane: undefined,
  };
}
