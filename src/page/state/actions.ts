import { signal } from '../signals.ts';
import { ask, post } from './api.ts';
import { reloadPayload } from './payload.ts';

/** The error of the reader's last action. */
export const problem = signal<string | undefined>(undefined);
/** The result of the last redelivery, as a sentence. */
export const redelivered = signal<string | undefined>(undefined);

async function trying(act: () => Promise<void>): Promise<void> {
  problem.value = undefined;
  try {
    await act();
  } catch (error) {
    problem.value = (error as Error).message;
  }
}

/** Tells the server to forget what it keeps. The stream then says so. */
export function clear(): Promise<void> {
  return trying(() => post('clear', {}));
}

/** Saves the AsyncAPI document of a bus as a file. */
export function saveAsyncApi(bus: number): Promise<void> {
  return trying(async () => {
    const response = await ask(`asyncapi?bus=${bus}`);
    const text = JSON.stringify(await response.json(), undefined, 2);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    link.download = 'asyncapi.json';
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

interface Redelivery {
  readonly isDone: boolean;
  readonly process?: string;
  readonly failures?: readonly { readonly error: { readonly message: string } }[];
}

/** Delivers a failed event again, only to the listener that failed. */
export function redeliver(event: string, listener: string, bus: number | undefined): Promise<void> {
  redelivered.value = undefined;
  return trying(async () => {
    const {
      isDone,
      process,
      failures: [failure] = [],
    } = await post<Redelivery>('redeliver', { event, listener, bus });
    if (process !== undefined) redelivered.value = `${process} will redeliver it.`;
    else if (!isDone) redelivered.value = `${listener} is still running.`;
    else if (failure) redelivered.value = `It failed again: ${failure.error.message}`;
    else redelivered.value = `${listener} has handled it.`;
    reloadPayload(event);
  });
}
