import { vi } from 'vitest';
import { randomOf } from '../setup/random.ts';
import type { Body, By, Nest, Plan, Step, Stream } from './program.ts';
import type { When } from '../../src/index.ts';

/** The payload of each event. */
export interface Payload {
  readonly label: string;
  readonly plan: Plan | undefined;
}

type Source = Pick<AsyncGenerator<unknown, void>, 'next' | 'return'>;
/** The world in which a program runs: the package, or the reference. A place is the point at which a step runs. */
export interface World<Place> {
  /** Runs a function in a scope, which settles as the function does. The scope is in a place, or in none. */
  nest(
    kind: Nest['kind'],
    id: string,
    around: Place | undefined,
    fn: (place: Place) => Promise<void>,
  ): Promise<void>;
  stream(
    id: string,
    around: Place | undefined,
    generate: (place: Place) => AsyncGenerator<unknown, void>,
  ): Promise<Source>;
  dispatch(place: Place, by: By, payload: Payload, when: When): void;
  publish(place: Place, payload: Payload): Promise<unknown>;
  close(): Promise<void>;
}
/** The listeners of an event, which the world calls. The first is synchronous, and the last has two attempts. */
export interface Listeners<Place> {
  readonly log: (line: string) => void;
  sync(place: Place, payload: Payload): void;
  async(place: Place, payload: Payload): Promise<void>;
  retried(place: Place, payload: Payload, attempt: number): Promise<void>;
}
export type MakeWorld<Place> = (listeners: Listeners<Place>) => World<Place>;

/** An actor runs steps, one at a time. Its waits and events are named after it. */
class Actor {
  readonly name: string;
  #count = 0;
  constructor(name: string) {
    this.name = name;
  }
  next(what: string): string {
    return `${this.name} > ${what}${this.#count++}`;
  }
}

/** Lets everything run that can run now, including back-offs of 0 ms. */
async function settle(log: readonly string[]): Promise<void> {
  let before: number;
  do {
    before = log.length;
    await turn();
    vi.advanceTimersByTime(5);
    await turn();
  } while (log.length > before);
}
async function turn(): Promise<void> {
  for (let i = 0; i < 2; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/**
 * Runs a program in a world, one actor at a time: the seed picks an actor, which runs until it waits. The world is
 * closed at turn `closeAt`, or at the end. Returns what happened in each turn.
 */
export async function run<Place>(
  program: readonly (Nest | Stream)[],
  seed: number,
  closeAt: number,
  makeWorld: MakeWorld<Place>,
): Promise<string[][]> {
  const random = randomOf(seed);
  const turns: string[][] = [];
  let log: string[] = [];
  const waiting = new Map<string, () => void>();
  const wait = (name: string) => new Promise<void>((resolve) => waiting.set(name, resolve));
  const world = makeWorld({
    log: (line) => log.push(line),
    sync(place, { label, plan }) {
      if (plan === undefined) return;
      const actor = new Actor(`sync on ${label}`);
      for (const step of plan.sync.steps) dispatch(step, place, actor);
      if (!plan.sync.ok) throw new Error(actor.name);
    },
    async: (place, { label, plan }) => perform(plan!.async, place, new Actor(`async on ${label}`)),
    retried: (place, { label, plan }, attempt) =>
      perform(plan!.retried[attempt - 1]!, place, new Actor(`attempt ${attempt} on ${label}`)),
  });

  async function perform({ steps, ok }: Body, place: Place, actor: Actor): Promise<void> {
    await execute(steps, place, actor);
    await wait(actor.next('end'));
    if (!ok) throw new Error(actor.name);
  }
  function dispatch(step: Step, place: Place, actor: Actor): void {
    if (step.do !== 'dispatch') throw new Error('a synchronous listener can only dispatch');
    world.dispatch(place, step.by, { label: actor.next('event'), plan: step.plan }, step.when);
  }
  async function execute(steps: readonly Step[], place: Place, actor: Actor): Promise<void> {
    for (const step of steps) {
      if (step.do === 'wait') await wait(actor.next('wait'));
      else if (step.do === 'dispatch') dispatch(step, place, actor);
      else if (step.do === 'publish') {
        const published = world.publish(place, { label: actor.next('event'), plan: step.plan });
        const over = tellEnd(actor.next('publish'), published);
        if (step.isAwaited) await inTurn(actor, over);
        else over.catch(() => {});
      } else if (step.do === 'later') void later(step.steps, place, new Actor(actor.next('later')));
      else if (step.do === 'stream') await read(step, place, actor);
      else {
        const running = nest(step, place, actor.name);
        if (step.mode === 'await') await inTurn(actor, running);
        else if (step.mode === 'await and catch') await inTurn(actor, running).catch(() => {});
        else running.catch(() => {});
      }
    }
  }
  /** Goes on in a turn of its own, because nothing is promised about how many microtasks a call takes. */
  async function inTurn<R>(actor: Actor, running: Promise<R>): Promise<R> {
    try {
      return await running;
    } finally {
      await wait(actor.next('go on'));
    }
  }
  /** Logs when a promise has settled, so that the comparison includes what callers wait for. */
  async function tellEnd(what: string, running: Promise<unknown>): Promise<void> {
    try {
      await running;
    } finally {
      log.push(`${what} is over`);
    }
  }
  async function later(steps: readonly Step[], place: Place, actor: Actor): Promise<void> {
    await wait(actor.name);
    await execute(steps, place, actor).catch(() => {});
  }
  function nest({ kind, id, body }: Nest, around: Place | undefined, by: string): Promise<void> {
    const actor = new Actor(`${id} of ${by}`);
    const running = world.nest(kind, id, around, async (place) => {
      await wait(actor.next('begin'));
      // An inner error that nobody catches fails this scope too, but later, so that each scope settles in its own turn.
      await perform(body, place, actor).catch(async (error: unknown) => {
        await wait(actor.next('failure'));
        throw error;
      });
    });
    return tellEnd(actor.name, running);
  }
  /** Pulls a stream. The stream's own failure is logged, but not thrown. */
  async function read(
    { id, body, last, pulls, isReturned }: Stream,
    around: Place | undefined,
    by: Actor,
  ): Promise<void> {
    const actor = new Actor(`${id} of ${by.name}`);
    const opened = world.stream(id, around, async function* generate(place) {
      try {
        for (const step of body.steps) {
          if (step.do === 'yield') yield;
          else await execute([step], place, actor);
        }
        await wait(actor.next('end'));
        if (!body.ok) throw new Error(actor.name);
      } finally {
        for (const step of last) dispatch(step, place, actor);
      }
    });
    const stream = await inTurn(by, opened);
    try {
      for (let i = 0; i < pulls; i++) {
        const { done } = await inTurn(by, stream.next());
        log.push(`${by.name} has pulled ${id}, done: ${done}`);
      }
      if (!isReturned) return;
      await inTurn(by, stream.return());
      log.push(`${by.name} has returned ${id}`);
    } catch {
      log.push(`${by.name} has seen ${id} fail`);
    }
  }

  for (const root of program) void begin(root);
  async function begin(root: Nest | Stream): Promise<void> {
    await wait(root.id);
    if (root.do === 'stream') await read(root, undefined, new Actor('the program'));
    else await nest(root, undefined, 'the program').catch(() => {});
  }
  const closed = () => log.push('closed');
  for (;;) {
    await settle(log);
    turns.push(log);
    log = [];
    const names = [...waiting.keys()].sort();
    const name = names[Math.floor(random() * names.length)];
    if (turns.length === closeAt || name === undefined) {
      log.push('close');
      world.close().then(closed, (error: unknown) => log.push(String(error)));
      if (name === undefined) break;
      continue;
    }
    log.push(name);
    waiting.get(name)!();
    waiting.delete(name);
  }
  await settle(log);
  return [...turns, log];
}
