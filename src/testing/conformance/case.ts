import type { AnyHandler } from '../../core/types/handler.ts';
import type { Stage, StageOptions } from './stage.ts';
import type { ConformanceOptions, HandlerCapabilities } from './types.ts';

/** One case: what it needs, and what it does on a stage of its own. */
export interface Case {
  readonly name: string;
  readonly needs: readonly ('received' | 'fail' | 'hold')[];
  readonly capability?: keyof HandlerCapabilities;
  run(set: SetStage, capabilities: HandlerCapabilities): Promise<void>;
}
/** Makes a handler, and a bus for it; both are ended after the case. */
export type SetStage = (options?: StageOptions) => Promise<Stage<AnyHandler>>;

/** What each option lets the suite do. */
const USES = {
  received: 'nobody can tell what the handler has handled',
  fail: 'nobody can make it fail',
  hold: 'nobody can keep it from ending',
};

/** Why a case can not be run. */
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
