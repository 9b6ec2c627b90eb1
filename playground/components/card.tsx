import { broker } from '../server/queues.ts';
import { ActionCard } from './action-card.tsx';
import { cards, type ActionId } from './cards.ts';
import { Code } from './code.tsx';
import { Rating } from './rating.tsx';
import { WorkerStrip } from './worker-strip.tsx';

interface Props {
  id: ActionId;
  /** True for the first card of a group, whose button stands out. */
  isFirst: boolean;
}

/** Shows a card with its code, which the server reads from the source files. */
export function Card({ id, isFirst }: Props) {
  const { code, ...card } = cards.find((it) => it.id === id)!;
  return (
    <ActionCard {...card} isFirst={isFirst}>
      {id === 'review' && <Rating />}
      {id === 'order' && <WorkerStrip />}
      {code.map(({ file, region }) => (
        <Code
          key={region}
          file={file.replace('/sqs.', `/${broker}.`)}
          region={region}
          isOpen={id === 'sign-up'}
        />
      ))}
    </ActionCard>
  );
}
