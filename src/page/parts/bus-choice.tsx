import type { Signal } from '@preact/signals';

/** Asks which bus is meant, where several could be. */
export function BusChoice({ of, numbers }: { of: Signal<number | undefined>; numbers: readonly number[] }) {
  if (numbers.length < 2) return null;
  return (
    <select
      class="button"
      aria-label="Bus"
      value={of.value ?? numbers[0]}
      onChange={({ currentTarget }) => (of.value = Number(currentTarget.value))}
    >
      {numbers.map((number) => (
        <option key={number} value={number}>
          {`bus ${number}`}
        </option>
      ))}
    </select>
  );
}

/** The chosen number, if there is a choice. */
export function chosenBus(of: Signal<number | undefined>, numbers: readonly number[]): { bus?: number } {
  return numbers.length < 2 ? {} : { bus: of.peek() ?? numbers[0]! };
}
