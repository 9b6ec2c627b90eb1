/** An awaited publish, compared with emitters. They check and freeze nothing, and most don't wait for their listeners. */
import { compare } from './ab.ts';
import { emitters as cases } from './alternatives/emitters.ts';
import type { Table } from './report.ts';

export async function* emitters(rounds: number): AsyncGenerator<Table> {
  const title = 'An event that is published and awaited, ÷ the same guarantees by hand';
  const ones = await cases({ taking: 1, others: 0 });
  yield await compare(`${title}: 1 listener`, ones, rounds, [undefined, { atMost: 1.15 }]);
  const tens = await cases({ taking: 10, others: 0 });
  yield await compare(`${title}: 10 listeners`, tens, rounds, [undefined, { atMost: 0.9 }]);
  yield await compare(`${title}: 1 listener of 10,000`, await cases({ taking: 1, others: 9999 }), rounds);
}
