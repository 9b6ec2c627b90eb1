import { initTRPC } from '@trpc/server';
import {
  defineEvents,
  inline,
  initEvents,
  unchecked,
  type AnyEvent,
  type DispatchOptions,
  type EventObserver,
} from '../../src/index.ts';
import type { Listeners, Payload, World } from './run.ts';

type Dispatch = (name: 'planned' | 'plain', payload: Payload, options: DispatchOptions) => void;
/** A place in a program. The AsyncLocalStorage knows everything else about it. */
export interface Place {
  /** The `ctx.dispatch` of the scope, and of the scopes around it. */
  readonly dispatches: readonly Dispatch[];
}
interface Context {
  readonly tag: string;
}

const catalog = defineEvents({ planned: unchecked<Payload>(), plain: unchecked<Payload>() });
const nameOf = ({ plan }: Payload) => (plan === undefined ? 'plain' : 'planned');

/** Wraps every flush and attempt, which makes each listener asynchronous. */
const observer: EventObserver = {
  name: 'observer',
  wrapFlush: async (_, run) => void (await run()),
  wrapAttempt: async (_, run) => void (await run()),
};

/** Makes the world in which a program runs in the package itself. */
export function packageWorld(isObserved: boolean, { log, ...listeners }: Listeners<Place>): World<Place> {
  const e = initEvents.context<Context>().create(catalog);
  const t = initTRPC.context<Context>().create();
  const labels = new Map<string | undefined, string>();
  function tell(listener: string, event: AnyEvent & { readonly payload: Payload }, { tag }: Context): void {
    const { id, payload, causationId, correlationId, depth } = event;
    labels.set(id, payload.label);
    const [cause, first] = [labels.get(causationId), labels.get(correlationId)];
    log(`${listener}: ${payload.label} with ctx of ${tag}, of ${cause}, of ${first}, ${depth} deep`);
  }
  const placeIn = (ctx: { readonly dispatch: Dispatch }): Place => ({ dispatches: [ctx.dispatch] });
  const router = e
    .router()
    .on('*', function sync({ event, ctx }) {
      tell('sync', event, ctx);
      listeners.sync(placeIn(ctx), event.payload);
    })
    .on('planned', async function async({ event, ctx }) {
      tell('async', event, ctx);
      await listeners.async(placeIn(ctx), event.payload);
    })
    .on(
      'planned',
      async ({ event, ctx, attempt }) => {
        tell(`retried (${attempt})`, event, ctx);
        await listeners.retried(placeIn(ctx), event.payload, attempt);
      },
      { name: 'retried', retry: { attempts: 2, minDelay: 0, maxDelay: 0 } },
    );
  const bus = e.bus({
    handlers: [router],
    defer: inline(),
    createContext: () => ({ tag: 'createContext' }),
    onDiscard: ({ event, reason }) => log(`dropped: ${event.payload.label}, ${reason}`),
    onError: ({ error, event, listener }) => log(`${error.code}: ${listener} on ${event?.payload.label}`),
    observers: isObserved ? [observer] : [],
  });
  const procedure = t.procedure.use(bus.middleware());

  return {
    async nest(kind, id, around, fn) {
      const within = (ctx: { readonly dispatch: Dispatch }) =>
        fn({ dispatches: [ctx.dispatch, ...(around?.dispatches ?? [])] });
      if (kind === 'e.scope') return e.scope(within);
      if (kind === 'bus.scope') return bus.scope(within);
      const mutation = procedure.mutation(({ ctx }) => within(ctx));
      return t.createCallerFactory(t.router({ mutation }))({ tag: id }).mutation();
    },
    async stream(id, around, generate) {
      const subscription = procedure.subscription(({ ctx }) =>
        generate({ dispatches: [ctx.dispatch, ...(around?.dispatches ?? [])] }),
      );
      const caller = t.createCallerFactory(t.router({ subscription }))({ tag: id });
      return (await caller.subscription()) as AsyncGenerator<unknown, void>;
    },
    dispatch({ dispatches }, by, payload, when) {
      const dispatch = by === 'e' ? e.dispatch : (dispatches[by] ?? dispatches[0]!);
      dispatch(nameOf(payload), payload, { when });
    },
    publish: (_, payload) => bus.publish(nameOf(payload), payload),
    close: () => bus.close(),
  };
}
