/** Builds the shop before the first test: files that run at the same time would each build it. */
import { buildIfChanged } from '../../playground/start/build.ts';

export async function setup(): Promise<void> {
  await buildIfChanged();
}
