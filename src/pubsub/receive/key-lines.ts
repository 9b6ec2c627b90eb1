/** How long the messages of a key wait for one that was given back, in ms, before they are given back too. */
const SOON = 1000;
/** How long messages of a key may have been on their way when one was given back, in ms. */
const LONG = 10_000;

/** The messages of a line, one of which must come before the line goes on. */
interface Awaited<M> {
  /** The first of them, which was given back before the others. */
  readonly first: M;
  readonly ids: Set<string>;
  /** When none of them is waited for anymore, on the clock of `performance`. */
  until: number;
  timer: ReturnType<typeof setTimeout>;
}

interface Line<M> {
  running: M | undefined;
  /** The messages behind the one that runs, in order. */
  waiting: M[];
  awaited: Awaited<M> | undefined;
}

interface Message {
  readonly id: string;
  /** The line's name. Each stream has its own line for each key, because only the messages of one stream come in order. */
  readonly line: string;
}

/** The requests of the lines to their owner. */
export interface LineActions<M> {
  /** Called when it is the turn of a message. */
  start(message: M): void;
  /** Messages must come again, in this order. */
  giveBack(messages: readonly M[]): void;
  /** Returns true while nobody knows whether Pub/Sub has heard that a message was given back. */
  isGoingBack(message: M): boolean;
}

/**
 * The lines in which messages wait. Each line runs one message at a time, in order.
 *
 * When a message of an ordering key was given back, Pub/Sub sends it again, and then the later ones of its key. But some of
 * those may be on their way already. So the line waits for the message that must come first, and what arrives before it is
 * not run.
 */
export class KeyLines<M extends Message> {
  readonly #actions: LineActions<M>;
  readonly #lines = new Map<string, Line<M>>();
  #isClosed = false;

  constructor(actions: LineActions<M>) {
    this.#actions = actions;
  }

  /** Puts a message into its line. Returns the older copy of the message, which is lost, if the line has one. */
  enter(message: M): M | undefined {
    const line = this.#lineOf(message.line);
    const { running, waiting, awaited } = line;
    const at = waiting.findIndex(({ id }) => id === message.id);
    const older = at === -1 ? undefined : waiting[at];
    if (at !== -1) waiting[at] = message;
    // The message runs again, as the next one, when its listeners have ended.
    else if (running?.id === message.id) waiting.unshift(message);
    else waiting.push(message);
    if (awaited !== undefined && this.#isTurn(awaited, message)) {
      clearTimeout(awaited.timer);
      line.awaited = undefined;
      // Messages that came before it are no longer leased: Pub/Sub sends them again, after it.
      line.waiting = [message];
      this.#actions.giveBack(waiting.filter((other) => other !== message));
    }
    this.#goOn(message.line, line);
    return older ?? (running?.id === message.id ? running : undefined);
  }

  /** Ends a message that is done, so that the next one runs. */
  done(message: M): void {
    this.#ended(message);
  }

  /**
   * Ends a message that failed and is given back. Returns those behind it, which must be given back after it. The line does
   * not go on before one of these has come.
   */
  failed(message: M): readonly M[] {
    const line = this.#lines.get(message.line);
    const later = line === undefined || hasAgain(line, message) ? [] : line.waiting.splice(0);
    this.#ended(message, [message, ...later], SOON);
    return later;
  }

  /** Ends a message that comes again by itself within `ms` ms. Those behind it wait for it. */
  left(message: M, ms: number): void {
    this.#ended(message, [message], ms);
  }

  /** Makes lines wait for messages that could not be given back, which come again within `ms` ms, before the later ones. */
  stayed(ids: readonly string[], ms: number): void {
    for (const [name, line] of this.#lines) {
      const { first, ids: awaited } = line.awaited ?? {};
      const stayed = ids.filter((id) => awaited?.has(id));
      if (first !== undefined && stayed.length > 0) this.#await(name, line, first, stayed, ms);
    }
  }

  /** The next message of each line, behind the one that runs. */
  get next(): readonly M[] {
    return Array.from(this.#lines.values()).flatMap(({ waiting }) => waiting.slice(0, 1));
  }

  /** Returns all that wait, in order. From then on, no line waits for a message that must come again. */
  close(): readonly M[] {
    this.#isClosed = true;
    return this.clear();
  }

  /** Returns all that wait, in order. The messages that run keep their lines. */
  clear(): readonly M[] {
    const all: M[] = [];
    for (const [name, line] of this.#lines) {
      all.push(...line.waiting.splice(0));
      clearTimeout(line.awaited?.timer);
      line.awaited = undefined;
      this.#goOn(name, line);
    }
    return all;
  }

  #lineOf(name: string): Line<M> {
    let line = this.#lines.get(name);
    if (line === undefined) {
      line = { running: undefined, waiting: [], awaited: undefined };
      this.#lines.set(name, line);
    }
    return line;
  }

  #ended(message: M, awaited: readonly M[] = [], ms = 0): void {
    const line = this.#lines.get(message.line);
    if (line?.running !== message) return;
    line.running = undefined;
    if (awaited.length > 0 && !hasAgain(line, message) && !this.#isClosed) {
      const ids = awaited.map(({ id }) => id);
      this.#await(message.line, line, message, ids, ms);
    }
    this.#goOn(message.line, line);
  }

  #await(name: string, line: Line<M>, first: M, ids: readonly string[], ms: number): void {
    clearTimeout(line.awaited?.timer);
    const timer = setTimeout(() => this.#late(name, line), ms);
    line.awaited = { first, ids: new Set(ids), until: performance.now() + Math.max(ms, LONG), timer };
  }

  /** Returns true if a message shows that Pub/Sub has begun its line again. */
  #isTurn({ ids, first }: Awaited<M>, { id }: M): boolean {
    // While the first one may be leased to this process, a later one may come again before it.
    return ids.has(id) && (id === first.id || !this.#actions.isGoingBack(first));
  }

  /** Called when none of the awaited messages has come in time. */
  #late(name: string, line: Line<M>): void {
    const awaited = line.awaited!;
    const isKnown = !this.#actions.isGoingBack(awaited.first);
    const back = isKnown ? line.waiting.splice(0) : [];
    const now = performance.now();
    if (back.length > 0) {
      // The awaited messages may be at another consumer or in a dead-letter topic. Or else what came instead was already on
      // its way. If that comes once more, it is its turn, because then Pub/Sub has sent it after all this.
      for (const { id } of back) awaited.ids.add(id);
      awaited.until = now + LONG;
      this.#actions.giveBack(back);
    }
    if (!isKnown || now < awaited.until) awaited.timer = setTimeout(() => this.#late(name, line), SOON);
    else line.awaited = undefined;
    this.#goOn(name, line);
  }

  #goOn(name: string, line: Line<M>): void {
    if (line.running !== undefined || line.awaited !== undefined) return;
    const next = line.waiting.shift();
    if (next === undefined) this.#lines.delete(name);
    else {
      line.running = next;
      this.#actions.start(next);
    }
  }
}

/** Returns true if a message that runs has come again meanwhile. */
function hasAgain<M extends Message>({ waiting }: Line<M>, { id }: M): boolean {
  return waiting[0]?.id === id;
}
