import { resolve } from 'node:path';
import ts59 from 'ts59';
import ts60 from 'ts60';

/** The compilers that have an API for editors, which 7.0 does not have yet. */
export const editors = [
  { version: '5.9', ts: ts59 },
  { version: '6.0', ts: ts60 as unknown as typeof ts59 },
] as const;

export interface Editor {
  /** Returns the completions at a cursor, which is a comment with this name. */
  completionsAt(cursor: string): string[];
  /** Returns what is shown for the word before the cursor. */
  hoverAt(cursor: string): { text: string; documentation: string };
  /** Returns the errors in the line of the cursor. */
  errorsAt(cursor: string): string[];
}

/** Opens a file beside the type tests, so that it can import from `./app.ts`. */
export function open(ts: typeof ts59, source: string): Editor {
  const path = resolve(import.meta.dirname, 'opened.ts');
  const tsconfig = resolve(import.meta.dirname, 'tsconfig.json');
  const { config } = ts.readConfigFile(tsconfig, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, import.meta.dirname);
  const read = (name: string) => (resolve(name) === path ? source : ts.sys.readFile(name));
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [path],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const text = read(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => import.meta.dirname,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => resolve(name) === path || ts.sys.fileExists(name),
    readFile: read,
    directoryExists: ts.sys.directoryExists,
    realpath: ts.sys.realpath!,
  });

  const positionOf = (cursor: string) => {
    const position = source.indexOf(`/*${cursor}*/`);
    if (position < 0) throw new Error(`There is no cursor ${cursor}.`);
    return position;
  };
  const lineOf = (position: number) => source.slice(0, position).split('\n').length;
  return {
    completionsAt(cursor) {
      const found = service.getCompletionsAtPosition(path, positionOf(cursor), {});
      return (found?.entries ?? []).map(({ name }) => name);
    },
    hoverAt(cursor) {
      const found = service.getQuickInfoAtPosition(path, positionOf(cursor) - 1);
      const text = ts.displayPartsToString(found?.displayParts).replaceAll(/\s+/g, ' ');
      return { text, documentation: ts.displayPartsToString(found?.documentation) };
    },
    errorsAt(cursor) {
      const line = lineOf(positionOf(cursor));
      return service
        .getSemanticDiagnostics(path)
        .filter(({ start = 0 }) => lineOf(start) === line)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  };
}
