/** Reads the exports of each entry point with the compiler: their kinds, docstrings, members and types. */
import { join } from 'node:path';
import ts from 'ts60';

export const ROOT = join(import.meta.dirname, '../..');

export interface Doc {
  readonly text: string;
  /** The texts of its `@throws` tags. */
  readonly throws: readonly string[];
  /** The code of its `@example` tags, without fences. */
  readonly examples: readonly string[];
}
export interface Export {
  readonly name: string;
  readonly isType: boolean;
  readonly doc: Doc;
  readonly nodes: readonly ts.Declaration[];
}
export interface Member {
  readonly name: string;
  readonly isOptional: boolean;
  readonly doc: Doc;
  readonly node: ts.TypeElement | ts.ClassElement;
}

/** Reads the entry points of `src`, by specifiers without `trpc-events/`. */
export class Declarations {
  readonly #checker: ts.TypeChecker;
  readonly #entries: ReadonlyMap<string, ReadonlyMap<string, Export>>;

  constructor(entries: ReadonlyMap<string, string>) {
    const files = new Map([...entries].map(([entry, file]) => [entry, join(ROOT, file)]));
    const program = ts.createProgram([...files.values()], {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      allowImportingTsExtensions: true,
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      types: ['node'],
    });
    this.#checker = program.getTypeChecker();
    this.#entries = new Map(
      [...files].map(([entry, file]) => [entry, this.#exportsOf(program.getSourceFile(file)!)]),
    );
  }

  exportsOf(entry: string): ReadonlyMap<string, Export> {
    return this.#entries.get(entry) ?? new Map<string, Export>();
  }

  #exportsOf(file: ts.SourceFile): ReadonlyMap<string, Export> {
    const module = this.#checker.getSymbolAtLocation(file)!;
    const found = this.#checker.getExportsOfModule(module).map((symbol): [string, Export] => {
      const target = this.#resolve(symbol);
      const nodes = target.declarations ?? [];
      const isType = (target.flags & ts.SymbolFlags.Value) === 0;
      return [symbol.name, { name: symbol.name, isType, doc: docOf(nodes), nodes }];
    });
    return new Map(found);
  }

  #resolve(symbol: ts.Symbol): ts.Symbol {
    return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : this.#checker.getAliasedSymbol(symbol);
  }

  /** Returns the members of an interface, a class or an alias, with those that it inherits or joins, once each. */
  membersOf(nodes: readonly ts.Node[], without: ReadonlySet<string> = new Set()): readonly Member[] {
    const members = new Map<string, Member>();
    for (const node of nodes.flatMap((node) => this.#elementsOf(node))) {
      const name = nameOf(node);
      if (name === undefined || name.startsWith("'~") || without.has(ownerOf(node))) continue;
      const earlier = members.get(name);
      if (earlier !== undefined) {
        // The first of several forms forbids the option, and a later one has its type.
        if (isForbidden(earlier.node)) members.set(name, { ...earlier, node });
        continue;
      }
      members.set(name, {
        name,
        isOptional: 'questionToken' in node && node.questionToken !== undefined,
        doc: docOf([node]),
        node,
      });
    }
    return [...members.values()];
  }

  #elementsOf(node: ts.Node): readonly Member['node'][] {
    if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) {
      const above = (node.heritageClauses ?? []).flatMap(({ types }) => types);
      return [...node.members, ...above.flatMap(({ expression }) => this.#elementsBehind(expression))];
    }
    if (ts.isTypeLiteralNode(node)) return [...node.members];
    if (ts.isTypeAliasDeclaration(node)) return this.#elementsOf(node.type);
    if (ts.isParenthesizedTypeNode(node)) return this.#elementsOf(node.type);
    if (ts.isConditionalTypeNode(node)) return this.#elementsOf(node.trueType);
    if (ts.isUnionTypeNode(node) || ts.isIntersectionTypeNode(node))
      return node.types.flatMap((type) => this.#elementsOf(type));
    return ts.isTypeReferenceNode(node) ? this.#elementsBehind(node.typeName) : [];
  }

  /** Follows a name to its declaration in these sources. Members that are inherited from other packages are left out. */
  #elementsBehind(name: ts.Node): readonly Member['node'][] {
    return this.declarationsOf(name).flatMap((node) => this.#elementsOf(node));
  }

  declarationsOf(name: ts.Node): readonly ts.Declaration[] {
    const symbol = this.#checker.getSymbolAtLocation(name);
    const nodes = symbol === undefined ? [] : (this.#resolve(symbol).declarations ?? []);
    return nodes.filter((node) => node.getSourceFile().fileName.startsWith(join(ROOT, 'src')));
  }
}

const ownerOf = ({ parent }: ts.Node) => (ts.isInterfaceDeclaration(parent) ? parent.name.text : '');
const isForbidden = (node: ts.Node) =>
  ts.isPropertySignature(node) && node.type?.kind === ts.SyntaxKind.UndefinedKeyword;

function nameOf(node: Member['node']): string | undefined {
  if (node.name === undefined || ts.isPrivateIdentifier(node.name) || ts.isComputedPropertyName(node.name))
    return undefined;
  if ((ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0) return undefined;
  return node.name.getText();
}

/** Reads the first docstring that one of these declarations has. */
export function docOf(nodes: readonly ts.Node[]): Doc {
  for (const declaration of nodes) {
    const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
    const doc = docs.at(-1);
    if (doc === undefined) continue;
    const tags = (name: string) =>
      (doc.tags ?? [])
        .filter(({ tagName }) => tagName.text === name)
        .map((tag) => sourceOf(tag).replace(new RegExp(`^@${name}\\s*`), ''));
    return {
      text: (ts.getTextOfJSDocComment(doc.comment) ?? '').trim(),
      throws: tags('throws').map((text) => text.replaceAll(/\s+/g, ' ').trim()),
      examples: tags('example').map((text) => text.replaceAll(/^```(?:ts)?\n?|\n?```\s*$/g, '').trimEnd()),
    };
  }
  return { text: '', throws: [], examples: [] };
}

/** Returns the text of a tag as it is written, without the stars. The compiler would read braces in it as a type. */
function sourceOf(tag: ts.JSDocTag): string {
  const text = tag.getSourceFile().text.slice(tag.pos, tag.end);
  return text.replaceAll(/\n *\*\/?(?: |(?=\n)|$)/g, '\n').trim();
}
