import { signal } from '@preact/signals';

/** The error of the reader's last action. */
export const problem = signal<string | undefined>(undefined);

export async function trying(act: () => Promise<void>): Promise<void> {
  problem.value = undefined;
  try {
    await act();
  } catch (error) {
    problem.value = error instanceof TypeError ? 'The server does not answer.' : (error as Error).message;
  }
}
