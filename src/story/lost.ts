import type { Entry } from './entry.ts';
import type { Parent } from './tree.ts';

/** Keeps what runs, for the case that its process is lost. */
export class Lost {
  /** The running calls and attempts, with the ids that their processes gave them. */
  readonly #running = new Map<Parent, string>();
  /** The lost calls and attempts, by the lives of the processes. */
  readonly #lost = new Map<string, Set<Parent>>();

  began(it: Parent, id: string): void {
    this.#running.set(it, id);
  }

  ended(it: Parent): void {
    const id = this.#running.get(it);
    if (id === undefined) return;
    this.#running.delete(it);
    this.#lost.get(lifeOf(id))?.delete(it);
  }

  /** Marks what ran in a process, and returns it. */
  lose({ process, at }: Entry): readonly Parent[] {
    const lost: Parent[] = [];
    for (const [it, id] of this.#running) {
      // A process of the same name may have begun since, and this entry may be told late.
      if (processOf(it) !== process || it.from > at || it.lost !== undefined) continue;
      it.lost = at;
      lost.push(it);
      const ofLife = this.#lost.get(lifeOf(id)) ?? new Set();
      this.#lost.set(lifeOf(id), ofLife.add(it));
    }
    return lost;
  }

  /** Finds what was lost in a process that tells of itself again: it was cut off, or asleep. Returns what runs on. */
  found(entry: Entry): readonly Parent[] {
    if (this.#lost.size === 0) return [];
    const life = lifeOf(idIn(entry));
    const found = [...(this.#lost.get(life) ?? [])].filter(({ lost = 0 }) => entry.at > lost);
    for (const it of found) {
      delete it.lost;
      this.#lost.get(life)!.delete(it);
    }
    if (this.#lost.get(life)?.size === 0) this.#lost.delete(life);
    return found;
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

/** Ids of calls and attempts begin with that of the life of their process. */
function lifeOf(id: string): string {
  return id.slice(0, id.indexOf('-') + 1);
}
