import type { Stage } from './stage.ts';

/** Something to see. */
export interface Scene {
  readonly title: string;
  readonly says: string;
  /**
   * Gives what is to be read below the trace, if anything.
   *
   * @throws where it did not come out as it says
   */
  play(stage: Stage): Promise<string | void>;
}
