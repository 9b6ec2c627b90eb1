import { printLine } from '../../core/report/line.ts';
import { isObject } from '../../core/words/guards.ts';
import { causeOf } from '../../core/words/quote.ts';
import type { Happened, PayloadText } from '../../story/entry.ts';
import type { Memory } from '../memory/memory.ts';
import type { Address } from './address.ts';

/** The most entries that may wait. Beyond that, the oldest are dropped. */
const MOST_WAITING = 1000;
/** The time for which entries are gathered, in ms. */
const GATHERED = 100;
/** The time between requests without news, in ms. They show that this process is alive, and ask what it is to redeliver. */
const HEARTBEAT = 1000;
/** The time limit of a request, in ms. A pending request keeps the process alive. */
const LONGEST_ANSWER = 3000;
/** About how many bytes one request may have. The other end takes up to 1 MiB. */
const MOST_BYTES = 256 * 1024;

/** The parts of an inspector's state that forwarding needs. */
export interface Forwarded {
  readonly memory: Memory;
  readonly settings: { readonly process: string; readonly actions: boolean };
  /** Returns `undefined` if the event or the listener isn't known. */
  redeliver(event: string, listener: string, bus?: number): Promise<unknown> | string | undefined;
}

/** Sends the entries of this process to the inspector of another one, redacted as they are kept. */
export class Forwarding {
  readonly #state: Forwarded;
  readonly #address: Address;
  #place = 0;
  #dropped = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #off: (() => void) | undefined;
  #isSoon = false;
  #isSending = false;
  /** True if a line was printed that the other end does not answer. */
  #isSilent = false;
  #isStopped = false;

  constructor(state: Forwarded, address: Address) {
    this.#state = state;
    this.#address = address;
  }

  /** Sends entries from now on. */
  begin(): void {
    this.#off ??= this.#state.memory.onEntry(() => this.#soon());
    this.#soon();
  }

  /** Sends what waits and nothing more: all buses have closed, and the process may end. */
  end(): void {
    this.#off?.();
    this.#off = undefined;
    if (!this.#isSending) void this.#send();
  }

  /** Sends nothing more, not even what waits. */
  stop(): void {
    this.#isStopped = true;
    this.#off?.();
    this.#off = undefined;
    clearTimeout(this.#timer);
  }

  #soon(): void {
    if (this.#isSoon || this.#isSending || this.#isSilent) return;
    this.#isSoon = true;
    this.#wait(GATHERED);
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), ms);
    // The timer must not keep the process alive.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  async #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isSoon = false;
    this.#isSending = true;
    const { memory, settings } = this.#state;
    const { entries, payloads, place } = this.#gather();
    const isLast = this.#off === undefined && place === memory.last;
    const about = { process: settings.process, run: memory.run, dropped: this.#dropped, isLast };
    const isAnswered = await this.#post(JSON.stringify({ ...about, entries, payloads }));
    if (isAnswered) this.#place = place;
    this.#isSending = false;
    if (this.#isStopped) return;
    if (this.#off !== undefined) this.#wait(isAnswered && memory.last > place ? GATHERED : HEARTBEAT);
    else if (isAnswered && !isLast) void this.#send();
  }

  /** Gathers what waits. What is not sent now comes with the next request. */
  #gather(): { entries: Happened[]; payloads: Record<string, PayloadText>; place: number } {
    const { memory, settings } = this.#state;
    if (memory.last - this.#place > MOST_WAITING) {
      this.#dropped += memory.last - this.#place - MOST_WAITING;
      this.#place = memory.last - MOST_WAITING;
    }
    const { last } = memory;
    const entries: Happened[] = [];
    const payloads: Record<string, PayloadText> = Object.create(null);
    let bytes = 0;
    for (const { n, entry } of memory.after(this.#place)) {
      if (bytes > MOST_BYTES) return { entries, payloads, place: n - 1 };
      // Entries that came from other processes are not sent on: those processes send them.
      if (entry.process !== settings.process) continue;
      entries.push(entry);
      bytes += sizeOf(entry);
      if (entry.kind !== 'dispatched' && entry.kind !== 'arrived') continue;
      const payload = memory.payloadOf(entry.event);
      if (payload === undefined) continue;
      payloads[entry.event] = payload;
      bytes += sizeOf(payload);
    }
    return { entries, payloads, place: last };
  }

  async #post(body: string): Promise<boolean> {
    const { url, token } = this.#address;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body,
        // A redirect would take the token elsewhere.
        redirect: 'error',
        signal: AbortSignal.timeout(LONGEST_ANSWER),
      });
      const answer: unknown = await response.json().catch(() => undefined);
      if (response.status !== 200) throw new Error(`it answers ${response.status}`);
      this.#isSilent = false;
      if (isObject(answer) && !this.#isStopped) this.#redeliver(answer['redeliver']);
      return true;
    } catch (error) {
      // The last request is not tried again.
      if (!this.#isSilent && this.#off !== undefined) {
        const why = causeOf(isObject(error) && isObject(error['cause']) ? error['cause'] : error);
        printLine(
          `inspector: forwardTo does not take the entries of this process, and is tried again: ${why}`,
        );
      }
      this.#isSilent = true;
      return false;
    }
  }

  #redeliver(asked: unknown): void {
    if (!Array.isArray(asked) || !this.#state.settings.actions) return;
    for (const it of asked as unknown[]) {
      if (!isObject(it)) continue;
      const { event, listener, bus } = it;
      if (typeof event !== 'string' || typeof listener !== 'string') continue;
      const delivery = this.#state.redeliver(event, listener, typeof bus === 'number' ? bus : undefined);
      // The entries of the event tell what comes of it.
      if (typeof delivery === 'object') delivery.catch(() => {});
    }
  }
}

const encoder = new TextEncoder();

function sizeOf(value: object): number {
  return encoder.encode(JSON.stringify(value)).length;
}
