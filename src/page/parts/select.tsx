interface Props {
  readonly label: string;
  readonly value: string;
  readonly values: readonly string[];
  readonly textOf: (value: string) => string;
  readonly onChoose: (value: string) => void;
}

/** Chooses one of a few values. */
export function Select({ label, value, values, textOf, onChoose }: Props) {
  return (
    <select
      class="field"
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => onChoose(currentTarget.value)}
    >
      {values.map((it) => (
        <option key={it} value={it}>
          {textOf(it)}
        </option>
      ))}
    </select>
  );
}
