/** A wait of a retried run, for a slot or for the time of its next attempt. */
export interface Wait {
  /** Resolves to true if the wait is over, and to false if it was cancelled. */
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
