import type { AnyHandler } from '../../core/types/handler.ts';
import {
  aBoolean,
  aCount,
  aFunction,
  anObject,
  badArgument,
  readOptions,
  milliseconds,
  type Rules,
} from '../../core/words/options.ts';
import { CAPABILITIES } from './capabilities.ts';
import { type Case, reasonToSkip } from './case.ts';
import { CONTRACT } from './cases.ts';
import { Stage, type StageOptions } from './stage.ts';
import type { ConformanceCase, ConformanceOptions } from './types.ts';
import { within } from './wait.ts';

const OPTIONS: Rules = {
  event: aFunction,
  received: aFunction,
  fail: aFunction,
  hold: aFunction,
  capabilities: anObject,
  timeout: milliseconds,
};
const DECLARED: Rules = {
  ordered: aBoolean,
  abortable: aBoolean,
  sends: aBoolean,
  maxBatch: aCount,
  maxBytes: aCount,
};

/**
 * Makes a suite that tests your own handler: a list of cases for any test runner. Each case makes a handler, and drives
 * it through its own bus, with real timers.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import type { AnyEvent } from 'trpc-events';
 * import { handlerConformance } from 'trpc-events/testing';
 * import { it } from 'vitest';
 *
 * function makeMine() {
 *   const sent: string[] = [];
 *   return { name: 'mine', sent, handle: ({ id }: AnyEvent) => void sent.push(id) };
 * }
 * for (const { name, run } of handlerConformance(makeMine, { received: ({ sent }) => sent })) it(name, run);
 * ```
 */
export function handlerConformance<H extends AnyHandler>(
  make: () => H | Promise<H>,
  given?: ConformanceOptions<NoInfer<H>>,
): readonly ConformanceCase[] {
  if (typeof make !== 'function') {
    throw badArgument(
      'handlerConformance',
      'a function that makes a handler, since each case needs a new one',
      make,
    );
  }
  const own: ConformanceOptions<H> = readOptions('handlerConformance', given, OPTIONS);
  const capabilities = readOptions('handlerConformance, capabilities', own.capabilities, DECLARED);
  const options = Object.assign(own, { capabilities });
  return [...CONTRACT, ...CAPABILITIES].map((it) => {
    const skip = reasonToSkip(it, options);
    if (skip !== undefined) return { name: `${it.name} (skipped: ${skip})`, skip, run: async () => {} };
    return { name: it.name, skip, run: () => run(it, make, options) };
  });
}

async function run<H extends AnyHandler>(
  it: Case,
  make: () => H | Promise<H>,
  options: ConformanceOptions<H>,
): Promise<void> {
  const stages: Stage<H>[] = [];
  const set = async (given: StageOptions = {}) => {
    const stage = new Stage(await make(), options, given);
    stages.push(stage);
    return stage as unknown as Stage<AnyHandler>;
  };
  const waitsFor = () => stages.at(-1)?.waitsFor ?? 'the handler to be made';
  try {
    await within(options.timeout ?? 10_000, it.run(set, options.capabilities ?? {}), waitsFor);
  } finally {
    for (const stage of stages) await stage.end();
  }
}
