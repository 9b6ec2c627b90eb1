import type { Stage } from './stage.ts';

/** A scene of the tour, which makes calls and checks what came of them. */
export interface Scene {
  readonly title: string;
  readonly says: string;
  /**
   * Plays the scene. Returns a note to print below the trace, if there is one.
   *
   * @throws if it did not come out as it says
   */
  play(stage: Stage): Promise<string | void>;
}
