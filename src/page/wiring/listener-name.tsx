import type { ListenerDescription } from '../../core/types/describe.ts';
import { visible } from '../../story/format.ts';

/** The name of a listener, in italics if it was derived rather than given. */
export function ListenerName({ of }: { of: ListenerDescription }) {
  const { name, isNamed, kind } = of;
  const Name = isNamed ? 'span' : 'i';
  return (
    <Name class="mono cut">
      {kind === 'forwarder' && '→ '}
      {visible(name)}
    </Name>
  );
}
