/** Writes down what each entry point exports, from the built declarations: names and types, without comments. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'ts60';

interface Manifest {
  readonly exports: Record<string, string | { readonly import: { readonly types: string } }>;
}

/** Returns the text of a snapshot by its file name, such as `sqs.d.ts.txt`, for a folder with the built package. */
export function makeSnapshots(folder: string): ReadonlyMap<string, string> {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const entries = Object.entries(exports).flatMap(([name, target]) =>
    typeof target === 'string' ? [] : [{ name, file: join(folder, target.import.types) }],
  );
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, noEmit: true, strict: true, types: [] },
  );
  const reader = new Reader(program, join(folder, 'dist'));
  const exported = entries.map(({ name, file }) => ({ name, symbols: reader.exportsOf(file) }));
  /** The entry point that shows a declaration: the first that exports it. */
  const owners = new Map<ts.Symbol, string>();
  const rank = ({ name }: { readonly name: string }) =>
    FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length;
  for (const { name, symbols } of [...exported].sort((a, b) => rank(a) - rank(b)))
    for (const symbol of symbols.values()) if (!owners.has(symbol)) owners.set(symbol, name);

  return new Map(
    exported.map(({ name, symbols }) => {
      const own = [...symbols].filter(([, symbol]) => owners.get(symbol) === name);
      const others = [...symbols].filter(([, symbol]) => owners.get(symbol) !== name);
      const hidden = reader.reachedBy(new Set(own.map(([, symbol]) => symbol)), owners);
      const blocks = [
        ...own.map(([as, symbol]) => asExport(reader.textOf(symbol, as))),
        ...others.map(([as, symbol]) => `// ${as} is that of ${specifier(owners.get(symbol)!)}.`),
        ...(hidden.length === 0 ? [] : ['// Not exported, and named above.']),
        ...hidden.map((symbol) => reader.textOf(symbol, symbol.name)).sort(),
      ];
      return [`${fileOf(name)}.d.ts.txt`, `// ${specifier(name)}\n\n${blocks.join('\n\n')}\n`];
    }),
  );
}

/** The entry points that others take their types from. */
const FIRST = ['.', './wire', './queue'];

const asExport = (text: string) => text.replaceAll(/^(?!export |[ }\]])/gm, 'export ');
const specifier = (entry: string) => entry.replace('.', 'trpc-events');
const fileOf = (entry: string) => (entry === '.' ? 'index' : entry.slice(2).replaceAll('/', '-'));

class Reader {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;
  readonly #printer = ts.createPrinter({ removeComments: true });
  readonly #folder: string;

  constructor(program: ts.Program, folder: string) {
    this.#program = program;
    this.#checker = program.getTypeChecker();
    this.#folder = folder;
  }

  /** Returns the exports of an entry point by name, sorted. */
  exportsOf(file: string): ReadonlyMap<string, ts.Symbol> {
    const module = this.#checker.getSymbolAtLocation(this.#program.getSourceFile(file)!)!;
    const found = this.#checker
      .getExportsOfModule(module)
      .map((symbol): [string, ts.Symbol] => [symbol.name, this.#resolve(symbol)]);
    return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #resolve(symbol: ts.Symbol): ts.Symbol {
    return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : this.#checker.getAliasedSymbol(symbol);
  }

  #declarationsOf(symbol: ts.Symbol): readonly ts.Declaration[] {
    const all = symbol.declarations ?? [];
    return all.filter((node) => node.getSourceFile().fileName.startsWith(this.#folder) && isTopLevel(node));
  }

  /** Returns the symbols that these refer to, directly or indirectly, and that no entry point exports. */
  reachedBy(symbols: ReadonlySet<ts.Symbol>, owners: ReadonlyMap<ts.Symbol, string>): readonly ts.Symbol[] {
    const reached = new Set(symbols);
    for (const symbol of reached) {
      if (owners.has(symbol) && !symbols.has(symbol)) continue;
      for (const node of this.#declarationsOf(symbol)) this.#collect(node, reached);
    }
    return [...reached].filter((symbol) => !owners.has(symbol));
  }

  #collect(node: ts.Node, reached: Set<ts.Symbol>): void {
    if (ts.isIdentifier(node)) {
      const symbol = this.#checker.getSymbolAtLocation(node);
      const target = symbol && this.#resolve(symbol);
      if (target !== undefined && this.#declarationsOf(target).length > 0) reached.add(target);
    }
    ts.forEachChild(node, (child) => this.#collect(child, reached));
  }

  /** Returns a symbol's declarations as text, with its public name `as`. The bundler may have given it another one. */
  textOf(symbol: ts.Symbol, as: string): string {
    return this.#declarationsOf(symbol)
      .map((node) => {
        const whole = ts.isVariableDeclaration(node) ? node.parent.parent : node;
        const text = this.#printer.printNode(ts.EmitHint.Unspecified, whole, node.getSourceFile());
        return text.replace(new RegExp(`\\b${symbol.name.replaceAll('$', String.raw`\$`)}(?![\\w$])`), as);
      })
      .join('\n');
  }
}

function isTopLevel(node: ts.Declaration): boolean {
  const whole = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return ts.isSourceFile(whole.parent);
}
