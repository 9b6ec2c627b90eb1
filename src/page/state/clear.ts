import { post } from './api.ts';
import { trying } from './problem.ts';

/** Has the server forget what it keeps. The stream then says so. */
export function clear(): Promise<void> {
  return trying(async () => {
    await post('clear', {});
  });
}
