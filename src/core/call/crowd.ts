import type { BusState } from '../model/bus-state.ts';
import { describeWork } from '../model/describe-work.ts';
import { sleep } from '../model/wait.ts';
import { INLINE_BUDGET } from '../model/work-group.ts';
import { EventsError } from '../words/errors.ts';

/** The longest wait that a timer supports, in ms. With a longer one, it fires at once. */
const LONGEST = 2 ** 31 - 1;

/** Buses that have reported a crowd and not yet fallen to half their limit. True if the report named what runs. */
const reported = new WeakMap<BusState, boolean>();

/** Reports a crowd (too many pending events) once, and once more if nothing ran at the first report but something does now. */
export function reportCrowd(bus: BusState): void {
  const isNamed = reported.get(bus);
  if (isNamed === true) return;
  const work = describeWork(bus);
  if (isNamed === false && work === '') return;
  reported.set(bus, work !== '');
  if (isNamed === undefined) forgetLater(bus);
  const { pending } = bus.settings.limits;
  const running = work || 'nothing yet, since all are deferred';
  const message = `limits.pending, ${pending}, is reached: until fewer events are deferred, wait or run, a call that dispatches waits for its own events, up to ${INLINE_BUDGET / 1000} s, or the budget of its strategy. Give a listener that may hang a timeout. There runs: ${running}.`;
  bus.report({ error: new EventsError('LIMIT_EXCEEDED', message) });
}

/** Forgets the report at half the limit: a busy bus may never be idle, and one just below its limit is soon full again. */
function forgetLater(bus: BusState): void {
  const check = () => {
    if (bus.pending > bus.settings.limits.pending / 2) return;
    bus.idleWaiters.delete(check);
    reported.delete(bus);
  };
  bus.idleWaiters.add(check);
}

/** Waits until the events of a call are handled, at most for the budget of its strategy: the flush goes on without it. */
export async function waitInCrowd(bus: BusState, done: Promise<unknown>, budget: number): Promise<void> {
  const limit = sleep(Math.min(budget, LONGEST));
  const isOver = await Promise.race([done.then(() => false), limit.over]);
  limit.cancel();
  if (isOver) reportCrowd(bus);
}
