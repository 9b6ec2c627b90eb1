import type { AnyHandler } from '../../core/types/handler.ts';
import type { Stage, StageOptions } from './stage.ts';
import type { ConformanceOptions, HandlerCapabilities } from './types.ts';

/** A case: what it needs, and what it does on a stage of its own. */
export interface Case {
  readonly name: string;
  readonly needs: readonly ('received' | 'fail' | 'hold')[];
  readonly capability?: keyof HandlerCapabilities;
  run(set: SetStage, capabilities: HandlerCapabilities): Promise<void>;
}
/** Makes a handler and a bus for it. Both are closed after the case. */
export type SetStage = (options?: StageOptions) => Promise<Stage<AnyHandler>>;

/** The reasons to skip a case, by the option that it needs and that was not given. */
const USES = {
  received: 'nobody can tell what the handler has handled',
  fail: 'nobody can make it fail',
  hold: 'nobody can keep it from ending',
};

/** Returns why a case can't be run, or `undefined` if it can. */
export function reasonToSkip(
  { needs, capability }: Case,
  options: ConformanceOptions<never>,
): string | undefined {
  const declared = capability === undefined ? undefined : options.capabilities?.[capability];
  if (capability !== undefined && (declared === undefined || declared === false))
    return `options.capabilities does not declare ${capability}`;
  const lacking = needs.find((need) => options[need] === undefined);
  return lacking === undefined ? undefined : `without options.${lacking}, ${USES[lacking]}`;
}
