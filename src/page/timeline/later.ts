import type { Call, Row } from '../../story/index.ts';

/** Returns how long after the response a listener had ended, in ms; `undefined` while it runs, or without a response. */
export function laterOf(row: Row, { answered }: Call): number | undefined {
  if (row.kind !== 'run' || answered === undefined) return undefined;
  const { to } = row.run.attempts.at(-1) ?? {};
  return to === undefined ? undefined : Math.max(0, to - answered);
}
