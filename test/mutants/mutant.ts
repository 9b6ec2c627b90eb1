/** A small deliberate bug in the sources, which at least one test must notice. */
export interface Mutant {
  /** Says what is wrong in the mutated sources. */
  readonly name: string;
  /** The path of a source, below src. */
  readonly file: string;
  /** Text that must occur exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Another change of the file that the bug needs. */
  readonly also?: Pick<Mutant, 'find' | 'replace'>;
  /** The paths of tests that should notice the bug, below test. */
  readonly tests: readonly string[];
}
