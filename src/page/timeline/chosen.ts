import { computed } from '@preact/signals';
import { keyOf, rowsOf, type Call, type Row } from '../../story/index.ts';
import { address } from '../state/address.ts';
import { callOf, revision, versionOf } from '../state/calls.ts';

/** The chosen call, each time that it changes. */
export const chosenCall = computed<{ readonly call: Call; readonly version: number } | undefined>(() => {
  const id = address.call.value;
  if (id === '') return undefined;
  const call = callOf(id);
  // One that isn't known yet has no changes of its own.
  if (call === undefined) return void revision.value;
  return { call, version: versionOf(id).value };
});

export const chosenRows = computed<readonly Row[]>(() => {
  const chosen = chosenCall.value;
  return chosen === undefined ? [] : rowsOf(chosen.call);
});

/** The chosen row, or that of the call itself. */
export const chosenRow = computed<Row | undefined>(() => {
  const key = address.row.value;
  return (key === '' ? undefined : chosenRows.value.find((row) => keyOf(row) === key)) ?? chosenRows.value[0];
});
