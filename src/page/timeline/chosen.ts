import { computed } from '@preact/signals-core';
import { keyOf, rowsOf, type Call, type Row } from '../../story/index.ts';
import { address } from '../state/address.ts';
import { callOf, revision, versionOf } from '../state/calls.ts';

/** The chosen call, each time that it changes. */
export const chosenCall = computed<{ readonly call: Call } | undefined>(() => {
  const id = address.call.value;
  const call = callOf(id);
  // One that isn't known yet has no changes of its own.
  void (call === undefined ? revision : versionOf(id)).value;
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
