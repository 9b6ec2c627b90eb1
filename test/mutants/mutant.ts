/** A change of one place of a source. */
export interface Edit {
  /**
   * A short text of the code to replace. It must occur exactly once in the file, or in the function that `in` names.
   * Whitespace and trailing commas don't count, so the place survives formatting.
   */
  readonly find: string;
  readonly replace: string;
  /**
   * The function, method or class that has the text: `'settleScope'`, `'Flush.begin'`. Default: the whole file. Set it if the
   * text occurs several times in the file, rather than adding neighboring lines to the text.
   */
  readonly in?: string | undefined;
}

/** A small deliberate bug in the sources, which at least one test must notice. */
export interface Mutant extends Edit {
  /** Says what is wrong in the mutated sources. */
  readonly name: string;
  /** The path of a source, below src. */
  readonly file: string;
  /** Another change of the file that the bug needs. */
  readonly also?: Edit;
  /** The paths of tests that should notice the bug, below test. */
  readonly tests: readonly string[];
}
