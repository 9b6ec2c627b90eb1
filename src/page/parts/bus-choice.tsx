import type { Signal } from '../signals.ts';
import { Select } from './select.tsx';

/** The number of the chosen bus, or `undefined` if none was chosen. */
type Chosen = Signal<string | undefined>;

/** Asks which bus is meant, if several could be. */
export function BusChoice({ of, numbers }: { of: Chosen; numbers: readonly number[] }) {
  if (numbers.length < 2) return null;
  const values = numbers.map(String);
  return (
    <Select
      label="Bus"
      value={of.value ?? values[0]!}
      values={values}
      textOf={(it) => `bus ${it}`}
      onChoose={(it) => (of.value = it)}
    />
  );
}

/** Returns the bus number to send, if there is a choice. */
export function chosenBus(of: Chosen, numbers: readonly number[]): number | undefined {
  return numbers.length < 2 ? undefined : Number(of.peek() ?? numbers[0]);
}
