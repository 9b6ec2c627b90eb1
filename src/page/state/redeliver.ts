import { signal } from '@preact/signals';
import { post } from './api.ts';
import { reloadPayload } from './payload.ts';
import { trying } from './problem.ts';

/** The result of the last redelivery, as a sentence. */
export const redelivered = signal<string | undefined>(undefined);

interface Answer {
  readonly isDone: boolean;
  readonly process?: string;
  readonly failures?: readonly { readonly listener: string; readonly error: { readonly message: string } }[];
}

export function redeliver(body: {
  readonly event: string;
  readonly listener: string;
  readonly bus?: number;
}): Promise<void> {
  const { event, listener } = body;
  redelivered.value = undefined;
  return trying(async () => {
    const { isDone, process, failures = [] } = await post<Answer>('redeliver', body);
    if (process !== undefined) redelivered.value = `${process} will redeliver it.`;
    else if (!isDone) redelivered.value = `${listener} is still running.`;
    else if (failures.length > 0) redelivered.value = `It failed again: ${failures[0]!.error.message}`;
    else redelivered.value = `${listener} has handled it.`;
    reloadPayload(event);
  });
}
