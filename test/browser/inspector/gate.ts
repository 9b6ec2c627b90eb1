/** Holds a listener until a test lets it through. */
export class Gate {
  #isOpen = false;
  readonly #waiting: (() => void)[] = [];

  async pass(): Promise<void> {
    if (this.#isOpen) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Throws until the gate is open. */
  attempt(): void {
    if (!this.#isOpen)
      throw Object.assign(new Error('connect ETIMEDOUT 203.0.113.7:443'), { code: 'ETIMEDOUT' });
  }

  open(): void {
    this.#isOpen = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
