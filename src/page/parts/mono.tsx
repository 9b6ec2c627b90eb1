import { visible } from '../../story/format.ts';

/** A name of the application, as it is written there. */
export function Mono({ of }: { of: string }) {
  return <span class="mono">{visible(of)}</span>;
}
