import type { Declarations, Export } from './declarations.ts';
import { type Page, type Part, SHOWN_ELSEWHERE } from './plan.ts';

/** A page with what its plan leaves out. */
export interface FullPage extends Page {
  /** Exports that the plan doesn't name: they stand in a table at the end, until somebody gives them a heading. */
  readonly others: readonly Export[];
}

/**
 * Adds what the plan leaves out to the last page of its entry point: options with a heading of their own, and functions
 * and values in a table. So nothing that is exported is missing.
 *
 * @throws Error if an entry point has no page
 */
export function complete(
  pages: readonly Page[],
  entries: readonly string[],
  declarations: Declarations,
): readonly FullPage[] {
  const full = pages.map((page) => ({ page, parts: [...page.parts], others: [] as Export[] }));
  const isPlanned = (entry: string, name: string) =>
    pages.some(({ parts }) =>
      parts.some((part) => part.name === name && (part.entry === entry || isOptions(name))),
    );
  for (const entry of entries) {
    const last = full.findLast(({ parts }) => parts.some((part) => part.entry === entry));
    if (last === undefined) throw new Error(`No page of the reference is about trpc-events/${entry}.`);
    for (const found of declarations.exportsOf(entry).values()) {
      const { name, isType } = found;
      if (SHOWN_ELSEWHERE.has(name) || isPlanned(entry, name)) continue;
      if (isOptions(name) && isType) last.parts.push({ entry, name, as: undefined } satisfies Part);
      else if (!isType) last.others.push(found);
    }
  }
  return full.map(({ page: { file, title, intro }, parts, others }) => ({
    file,
    title,
    intro,
    parts,
    others,
  }));
}

const isOptions = (name: string) => name.endsWith('Options');
