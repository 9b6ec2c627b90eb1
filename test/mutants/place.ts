/** Finds the place of a deliberate bug in a source, even if it was formatted differently or has moved in the file. */
import ts from 'ts60';
import type { Edit, Mutant } from './mutant.ts';

interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * Returns a source with a bug in it.
 *
 * @throws Error if one of its places is not found exactly once
 */
export function mutate(
  source: string,
  { find, replace, in: name, also }: Omit<Mutant, 'name' | 'file' | 'tests'>,
): string {
  let mutated = source;
  for (const edit of [{ find, replace, in: name }, ...(also === undefined ? [] : [also])]) {
    const { start, end } = placeOf(mutated, edit);
    mutated = mutated.slice(0, start) + edit.replace + mutated.slice(end);
  }
  return mutated;
}

function placeOf(source: string, { find, in: name }: Pick<Edit, 'find' | 'in'>): Place {
  const regions = name === undefined ? [{ start: 0, end: source.length }] : functionsOf(source, name);
  if (regions.length !== 1) throw new Error(`${regions.length} functions are named ${name}.`);
  const [{ start: from, end: to }] = regions as [Place];
  const places = Array.from(source.slice(from, to).matchAll(patternOf(find)), ({ 0: text, index }) => ({
    start: from + index,
    end: from + index + text.length,
  }));
  const where = name === undefined ? '' : ` in ${name}`;
  if (places.length !== 1) throw new Error(`${places.length} places${where} have: ${find}`);
  return places[0]!;
}

/** Returns a pattern for a text with any whitespace, and with or without the comma after the last item of a list. */
function patternOf(find: string): RegExp {
  const characters = find.replaceAll(/\s+/g, '').replaceAll(/,(?=[)\]}])/g, '');
  const parts = Array.from(characters, (character) => {
    const literal = character.replace(/[$()*+.?[\\\]^{|}/-]/, String.raw`\$&`);
    return /[)\]}]/.test(character) ? String.raw`(?:,\s*)?${literal}` : literal;
  });
  if (parts.at(-1) === ',') parts.splice(-1, 1, ',?');
  return new RegExp(parts.join(String.raw`\s*`), 'g');
}

/** Returns the places of the functions, methods and classes with a name: `'settleScope'`, `'Flush'`, or `'Flush.begin'`. */
function functionsOf(source: string, name: string): readonly Place[] {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.ES2022, true);
  const found: Place[] = [];
  const visit = (node: ts.Node, path: readonly string[]) => {
    const own = nameOf(node);
    const inner = own === undefined ? path : [...path, own];
    if (
      own !== undefined &&
      (name === own || inner.join('.').endsWith(`.${name}`) || inner.join('.') === name)
    )
      found.push({ start: node.getStart(), end: node.end });
    else ts.forEachChild(node, (child) => visit(child, inner));
  };
  visit(file, []);
  return found;
}

/** Returns the name of a declaration that may have code. */
function nameOf(node: ts.Node): string | undefined {
  const isNamed =
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isAccessor(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isVariableDeclaration(node);
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  return isNamed ? node.name?.getText() : undefined;
}
