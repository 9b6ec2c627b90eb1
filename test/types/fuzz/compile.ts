import { resolve } from 'node:path';
import ts from 'ts59';

/**
 * Returns the names that each list of patterns selects according to the types. This uses TypeScript 5.9, because 7.0
 * has no API to ask its compiler.
 */
export function selectedByTypes(
  names: readonly string[],
  lists: readonly (readonly string[])[],
): ReadonlySet<string>[] {
  const literal = (text: string) => JSON.stringify(text);
  const patternType = (list: readonly string[]) =>
    list.length === 1 ? literal(list[0]!) : `readonly [${list.map(literal).join(', ')}]`;
  const source = [
    `import type { Selected } from '../../../src/core/types/select.ts';`,
    `type Names = ${names.map(literal).join(' | ')};`,
    ...lists.map((list, index) => `export type List${index} = Selected<Names, ${patternType(list)}>;`),
  ].join('\n');

  const { checker, file } = check(source);
  return file.statements
    .filter(ts.isTypeAliasDeclaration)
    .slice(1)
    .map((alias) => {
      const type = checker.getTypeAtLocation(alias.name);
      const members = type.isUnion() ? type.types : [type];
      return new Set(members.filter((member) => member.isStringLiteral()).map(({ value }) => value));
    });
}

function check(source: string): { checker: ts.TypeChecker; file: ts.SourceFile } {
  const path = resolve(import.meta.dirname, 'generated.ts');
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) =>
    resolve(name) === path
      ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022, true)
      : getSourceFile(name, ...rest);
  const program = ts.createProgram([path], options, host);
  const file = program.getSourceFile(path);
  if (!file) throw new Error('The compiler did not take the generated file.');
  const [error] = program.getSemanticDiagnostics(file);
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  return { checker: program.getTypeChecker(), file };
}
