/** A wait that can be canceled, such as that of a retried run for a slot or for its next attempt. */
export interface Wait {
  /** Resolves to true if the wait is over, and to false if it was canceled. */
  readonly over: Promise<boolean>;
  cancel(): void;
}

export function sleep(ms: number): Wait {
  let end!: (isOver: boolean) => void;
  const over = new Promise<boolean>((resolve) => (end = resolve));
  const timer = setTimeout(() => end(true), ms);
  return {
    over,
    cancel() {
      clearTimeout(timer);
      end(false);
    },
  };
}
