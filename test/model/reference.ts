import {
  Chain,
  isWithin,
  nearestOpen,
  reasonToDrop,
  type Cause,
  type Entry,
  type Handled,
  type Place,
  type Scope,
} from './rules.ts';
import type { When } from '../../src/index.ts';
import type { Listeners, Payload, World } from './run.ts';

const TURN = Promise.resolve();
/** The asynchronous listeners, and how many attempts they have. */
const LISTENERS_IN_TIME = [
  ['async', 1],
  ['retried', 2],
] as const;

/** The rules of scopes, chains, order and closing, written to be simple rather than fast. */
export function referenceWorld({ log, ...listeners }: Listeners<Place>): World<Place> {
  let isClosing = false;
  let isClosed = false;
  let openCalls = 0;
  let flushes = 0;
  let progressed = () => {};
  /** The queue of the synchronous parts of flushes, of which only one may run at a time. */
  let passes: (() => void)[] | undefined;

  function open(
    kind: Scope['kind'],
    id: string | undefined,
    around: Scope | undefined,
    chain?: Chain,
  ): Scope {
    const parent = nearestOpen(around);
    const scope = {
      kind,
      parent,
      ctx: id ?? parent?.ctx ?? 'createContext',
      chain: parent?.root.chain ?? chain,
      isRefused: parent === undefined ? isClosing && kind !== 'attempt' : parent.isRefused,
      outcome: 'open',
      isVoid: false,
      committed: 0,
      entries: [],
      count: 0,
    } as Omit<Scope, 'root'> as Scope & { root: Scope };
    scope.root = parent?.root ?? scope;
    if (isCounted(scope)) openCalls++;
    return scope;
  }
  const isCounted = ({ kind, isRefused }: Scope) => kind !== 'attempt' && kind !== 'stream' && !isRefused;

  /** Settles a scope. If the scope is outermost, the caller waits for everything that it leads to. */
  async function settle(scope: Scope, ok: boolean): Promise<void> {
    if (scope.outcome !== 'open') return;
    scope.outcome = ok ? 'ok' : 'failed';
    if (isCounted(scope)) openCalls--;
    await flushOf(scope, (entry) => nearestOpen(entry.scope) === undefined);
    progressed();
  }
  async function flushOf(scope: Scope, isRipe: (entry: Entry) => boolean): Promise<void> {
    if (nearestOpen(scope.parent) !== undefined) return;
    const { root } = scope;
    const ripe = root.entries.filter(isRipe);
    root.entries = root.entries.filter((entry) => !ripe.includes(entry));
    const chain = scope.kind === 'attempt' ? scope.chain! : new Chain(root.chain);
    void flush(kept(ripe), chain);
    if (scope.kind !== 'attempt') await chain.done();
  }
  function kept(entries: readonly Entry[]): readonly Entry[] {
    return entries.filter((entry) => {
      const reason = reasonToDrop(entry);
      if (reason !== undefined) log(`dropped: ${entry.payload.label}, ${reason}`);
      return reason === undefined;
    });
  }
  function commit(scope: Scope): Promise<void> {
    scope.committed = scope.root.count;
    return flushOf(scope, ({ when, scope, n }) => {
      if (when !== 'success') return false;
      let at: Scope | undefined = scope;
      while (at !== undefined && (at.outcome !== 'open' || n < at.committed)) at = at.parent;
      return at === undefined;
    });
  }

  /** Resolves when the listeners of these entries are done, but not for events that they dispatch. */
  async function flush(entries: readonly Handled[], chain: Chain): Promise<void> {
    if (entries.length === 0) return;
    flushes++;
    chain.hold();
    const lanes = new Map<string, Promise<void>>();
    await inPass(() => {
      for (const entry of entries) {
        handleAtOnce(entry, chain);
        if (entry.payload.plan === undefined) continue;
        for (const [name, attempts] of LISTENERS_IN_TIME) {
          const before = lanes.get(name);
          const handle = () => handleInTime(name, attempts, entry, chain);
          lanes.set(name, before === undefined ? handle() : before.then(handle));
        }
      }
    });
    await Promise.all(lanes.values());
    flushes--;
    chain.release();
    progressed();
  }
  function inPass(pass: () => void): Promise<void> {
    return new Promise((resolve) => {
      const next = () => resolve(pass());
      const isFirst = passes === undefined;
      passes ??= [];
      passes.push(next);
      if (!isFirst) return;
      for (const it of passes) it();
      passes = undefined;
    });
  }
  function tell(listener: string, { payload, ctx, cause }: Handled): Cause {
    const { label } = payload;
    const made = { label, first: cause?.first ?? label, depth: cause === undefined ? 0 : cause.depth + 1 };
    log(`${listener}: ${label} with ctx of ${ctx}, of ${cause?.label}, of ${made.first}, ${made.depth} deep`);
    return made;
  }
  function handleAtOnce(entry: Handled, chain: Chain): void {
    const scope = open('attempt', entry.ctx, undefined, chain);
    const cause = tell('sync', entry);
    let ok = true;
    try {
      listeners.sync({ scope, around: undefined, cause, chain }, entry.payload);
    } catch {
      ok = false;
      log(`LISTENER_FAILED: sync on ${entry.payload.label}`);
    }
    void settle(scope, ok);
  }
  async function handleInTime(name: 'async' | 'retried', most: number, entry: Handled, chain: Chain) {
    for (let attempt = 1; ; attempt++) {
      const scope = open('attempt', entry.ctx, undefined, chain);
      const cause = tell(name === 'async' ? name : `${name} (${attempt})`, entry);
      const place = { scope, around: undefined, cause, chain };
      let ok = true;
      try {
        await listeners[name](place, entry.payload, attempt);
      } catch {
        ok = false;
      }
      scope.isVoid = !ok && attempt < most;
      void settle(scope, ok);
      if (!ok && attempt === most) log(`LISTENER_FAILED: ${name} on ${entry.payload.label}`);
      if (ok || attempt === most) return;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /** @throws if the bus is closing, unless the scope that is open here began before and is not a stream's */
  function refuse(here: Scope | undefined): void {
    if (!isClosing) return;
    if (isClosed || here === undefined || here.isRefused || here.root.kind === 'stream')
      throw new Error('CLOSED');
  }
  function add(scope: Scope, entry: Pick<Entry, 'payload' | 'ctx' | 'cause' | 'when'>): void {
    const here = nearestOpen(scope);
    refuse(here);
    const added = { ...entry, scope, n: scope.root.count++ };
    if (here === undefined) void flush(kept([added]), new Chain(scope.root.chain));
    else scope.root.entries.push(added);
  }
  function dispatchHere({ scope, cause }: Place, payload: Payload, when: When): void {
    const here = nearestOpen(scope);
    if (here !== undefined) return add(here, { payload, ctx: here.ctx, cause, when });
    const entry = { payload, ctx: 'createContext', cause };
    if (scope.kind === 'attempt') return add(scope, { ...entry, when });
    refuse(undefined);
    const { root } = scope;
    if (root.kind === 'attempt' && root.outcome === 'failed')
      log(`dropped: ${payload.label}, attempt-failed`);
    else void flush([entry], new Chain(root.chain));
  }
  /** The target of a scope's `ctx.dispatch`: the innermost `e.scope` or `bus.scope` in it that is in no other call. */
  function targetOf(scope: Scope, from: Scope): Scope {
    const current = nearestOpen(from);
    if (!isWithin(current, scope)) return scope;
    let target: Scope | undefined;
    for (let at = current!; at !== scope; at = at.parent!) {
      if (at.kind === 'call' || at.kind === 'stream') target = undefined;
      else if (at.outcome === 'open') target ??= at;
    }
    return target ?? scope;
  }

  return {
    async nest(kind, id, around, fn) {
      if (kind === 'call') await TURN;
      const scope = open(kind, kind === 'call' ? id : undefined, around?.scope);
      try {
        await fn({ scope, around, cause: around?.cause, chain: around?.chain });
      } catch (error) {
        await settle(scope, false);
        throw error;
      }
      await settle(scope, true);
    },
    async stream(id, around, generate) {
      const scope = open('stream', id, around?.scope);
      const source = generate({ scope, around, cause: around?.cause, chain: around?.chain });
      const pull = async (step: () => Promise<IteratorResult<unknown, void>>) => {
        try {
          const result = await step();
          await (result.done ? settle(scope, true) : commit(scope));
          return result;
        } catch (error) {
          await settle(scope, false);
          throw error;
        }
      };
      const next = () => pull(() => source.next());
      return { next, return: () => pull(() => source.return()) };
    },
    dispatch(place, by, payload, when) {
      if (by === 'e') return dispatchHere(place, payload, when);
      let of: Place | undefined = place;
      for (let i = 0; i < by; i++) of = of?.around;
      const { scope } = of ?? place;
      add(targetOf(scope, place.scope), { payload, ctx: scope.ctx, cause: place.cause, when });
    },
    async publish({ scope, cause, chain }, payload) {
      refuse(nearestOpen(scope));
      await flush([{ payload, ctx: 'createContext', cause }], chain ?? new Chain(undefined));
    },
    async close() {
      isClosing = true;
      await new Promise<void>((resolve) => {
        progressed = () => {
          if (openCalls === 0 && flushes === 0) resolve();
        };
        progressed();
      });
      isClosed = true;
    },
  };
}
