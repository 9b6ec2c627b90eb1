import { invalid } from './errors.ts';

type Matches = (attributes: Readonly<Record<string, string>>) => boolean;

/**
 * Reads a filter: `attributes.k = "v"`, `attributes:k` and `hasPrefix(attributes.k, "p")`, each with or without `NOT`,
 * joined by `AND`.
 *
 * @throws PubsubError for any other filter, though Pub/Sub knows more
 */
export function readFilter(filter: string): Matches {
  if (filter === '') return () => true;
  const terms = filter.split(/\s+AND\s+/).map(readTerm);
  return (attributes) => terms.every((matches) => matches(attributes));
}

function readTerm(text: string): Matches {
  const [, not, term = ''] = /^\s*(NOT\s+)?(.*?)\s*$/.exec(text) ?? [];
  const matches = readAtom(term);
  return not === undefined ? matches : (attributes) => !matches(attributes);
}

function readAtom(term: string): Matches {
  const [, key = '', value] = /^attributes\.([\w.-]+)\s*=\s*"(.*)"$/.exec(term) ?? [];
  if (value !== undefined) return (attributes) => attributes[key] === value;
  const [, present] = /^attributes:([\w.-]+)$/.exec(term) ?? [];
  if (present !== undefined) return (attributes) => present in attributes;
  const [, name = '', prefix] = /^hasPrefix\(attributes\.([\w.-]+),\s*"(.*)"\)$/.exec(term) ?? [];
  if (prefix !== undefined) return (attributes) => attributes[name]?.startsWith(prefix) === true;
  throw invalid(`Invalid filter: ${term}`);
}
