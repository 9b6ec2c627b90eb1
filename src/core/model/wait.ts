/** What a delivery waits for: a slot, or the time of its next attempt. */
export interface Wait {
  /** Whether it came; not, where it was cancelled. */
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
