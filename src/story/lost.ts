import type { Entry } from './entry.ts';
import type { Parent } from './tree.ts';

/** Keeps what was lost when a process ended, in case the process was only cut off or asleep. */
export class Lost {
  /** The lost calls and attempts, by the lives of the processes. */
  readonly #byLife = new Map<string, Set<Parent>>();

  /** Marks what ran in a process as lost, and returns it. `all` has calls and attempts by the ids that processes gave them. */
  lose({ process, at }: Entry, all: ReadonlyMap<string, Parent>): readonly Parent[] {
    // A process of the same name may have begun since, and this entry may come late.
    const lost = [...all].filter(
      ([, it]) => processOf(it) === process && it.from <= at && (it.to ?? it.lost) === undefined,
    );
    for (const [id, it] of lost) {
      it.lost = at;
      const ofLife = this.#byLife.get(lifeOf(id)) ?? new Set();
      this.#byLife.set(lifeOf(id), ofLife.add(it));
    }
    return lost.map(([, it]) => it);
  }

  /** Takes back what was lost in a process that is heard from again. Returns what still runs. */
  found(entry: Entry): readonly Parent[] {
    const ofLife = this.#byLife.get(lifeOf(idIn(entry))) ?? new Set();
    const found = [...ofLife].filter(({ lost }) => lost !== undefined && entry.at > lost);
    for (const it of found) {
      delete it.lost;
      ofLife.delete(it);
    }
    return found;
  }

  forget(it: Parent): void {
    for (const ofLife of this.#byLife.values()) ofLife.delete(it);
  }
}

function processOf(it: Parent): string {
  return 'run' in it ? it.run.process : it.process;
}

function idIn(entry: Entry): string {
  if ('call' in entry) return entry.call;
  if ('attempt' in entry) return entry.attempt;
  return ('by' in entry && entry.by) || '';
}

/** Returns the id of a process's life, with which the ids of its calls and attempts begin. */
function lifeOf(id: string): string {
  return id.slice(0, id.indexOf('-') + 1);
}
