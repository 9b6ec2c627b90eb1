/** The answer to a request that has no message for this bus, or that can't be checked. */
export class Refusal {
  readonly status: number;
  /** The body of the answer: one line, which quotes neither the token nor the payload. */
  readonly text: string;
  /** The reason, only for the operator. It doesn't quote the token either. */
  readonly why: string;

  constructor(status: number, text: string, why: string) {
    this.status = status;
    this.text = text;
    this.why = why;
  }
}

/** How often a refusal of one kind is reported, in ms: anybody can call a public route, and must not fill the logs. */
const INTERVAL = 60_000;

/** Reports the first refusal of a kind at once, and counts those of the next minute for the next report. */
export class RefusalReports {
  readonly #report: (text: string) => void;
  readonly #kinds = new Map<string, { since: number; unreported: number }>();

  constructor(report: (text: string) => void) {
    this.#report = report;
  }

  add({ status, text, why }: Refusal): void {
    const now = performance.now();
    // Kinds must be few, and the reason of any refusal other than a 401 may name anything.
    const name = status === 401 ? why : text;
    const kind = this.#kinds.get(name);
    if (kind !== undefined && now - kind.since < INTERVAL) {
      kind.unreported++;
      return;
    }
    const before = kind?.unreported ? ` (${kind.unreported} more like it since the last report)` : '';
    this.#kinds.set(name, { since: now, unreported: 0 });
    this.#report(`a request was answered with ${status}: ${why}${before}`);
  }
}
