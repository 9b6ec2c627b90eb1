import { computed } from '../signals.ts';
import { keyOf, rowsOf, type Call, type Row } from '../../story/index.ts';
import { address } from '../state/address.ts';
import { callOf, versionOf } from '../state/calls.ts';

const version = computed(() => versionOf(address.call.value));

/** The chosen call, in a new object after each of its changes. */
export const chosenCall = computed<{ readonly call: Call } | undefined>(() => {
  void version.value;
  const call = callOf(address.call.value);
  return call && { call };
});

export const chosenRows = computed<readonly Row[]>(() => {
  const chosen = chosenCall.value;
  return chosen === undefined ? [] : rowsOf(chosen.call);
});

/** The chosen row, or that of the call itself. */
export const chosenRow = computed<Row | undefined>(() => {
  const key = address.row.value;
  return chosenRows.value.find((row) => keyOf(row) === key) ?? chosenRows.value[0];
});
