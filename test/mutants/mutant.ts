/** A small deliberate bug in the sources, which at least one test must notice. */
export interface Mutant {
  /** What is wrong then. */
  readonly name: string;
  /** Below src. */
  readonly file: string;
  /** Occurs once in the file. */
  readonly find: string;
  readonly replace: string;
  /** What else of the file must change for it. */
  readonly also?: Pick<Mutant, 'find' | 'replace'>;
  /** Below test: where it is to be noticed. */
  readonly tests: readonly string[];
}
