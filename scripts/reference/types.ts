/** Shortens types for tables. */
import ts from 'ts60';
import type { Declarations, Member } from './declarations.ts';

/** The builder's types, and what a table shows in their place. */
const SHORT: readonly (readonly [RegExp, string])[] = [
  [/T\['event'\]\[T\['name'\](?: & .+?)?\]/g, 'event'],
  [/T\['name'\] \| \(string & \{\}\)|T\['name'\]/g, 'name'],
  [/T\['(?:context|listenerContext)'\]/g, 'ctx'],
  [/T\['metaInput'\]|T\['meta'\]/g, 'meta'],
  [/readonly \(string \| readonly string\[\]\)\[\]/g, '(id | id[])[]'],
  [/CheckedPatterns<T, P>|string \| readonly string\[\]/g, 'pattern | pattern[]'],
  [/\bTMeta\b/g, 'meta'],
  [/\bTContext\b/g, 'ctx'],
  [/\bTPayload\b/g, 'payload'],
  [/\bTName\b/g, 'string'],
  [/(?<!Promise)<(?:T|P|H|TEvent|ctx|T, P|AnyApp)(?:\[.+?\])?>/g, ''],
  [/^H & .+/g, 'handler[]'],
  [/\bTCreate\b/g, '({ event }) => ctx | Promise<ctx>'],
  [/^T\['withDispatch'\]\['dispatch'\]$/g, '(event, payload?, options?) => void'],
  [/Readonly<(Record<.+?>)>/g, '$1'],
  [/Readonly<Required<(\w+)>>/g, '$1'],
  [/EventOf<T, P>/g, 'event'],
  [/\bTEvent\b/g, 'event'],
  [/readonly /g, ''],
];

export function shortType(node: ts.TypeNode | undefined, declarations: Declarations): string {
  if (node === undefined) return '';
  const alias = ts.isTypeReferenceNode(node) ? aliasOf(node, declarations) : undefined;
  if (alias !== undefined) return shortType(alias, declarations);
  if (ts.isParenthesizedTypeNode(node)) return shortType(node.type, declarations);
  if (ts.isUnionTypeNode(node)) {
    const parts = node.types.filter((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword);
    return parts
      .map((type) => {
        const text = shortType(type, declarations);
        return parts.length > 1 && text.includes('=>') ? `(${text})` : text;
      })
      .join(' | ');
  }
  if (ts.isFunctionTypeNode(node)) {
    const result = node.type.getText() === 'unknown' ? '…' : shortType(node.type, declarations);
    return `(${node.parameters.map((each) => typedParameter(each)).join(', ')}) => ${result}`;
  }
  if (ts.isTypeReferenceNode(node) && node.getText() === 'P') return 'pattern | pattern[]';
  let text = node.getText().replaceAll(/\s+/g, ' ');
  for (const [pattern, short] of SHORT) text = text.replaceAll(pattern, short);
  return text;
}

/** Returns the type of an alias that a reader would rather see written out: a function, or a few literals. */
function aliasOf(node: ts.TypeReferenceNode, declarations: Declarations): ts.TypeNode | undefined {
  const [declaration] = declarations.declarationsOf(node.typeName);
  if (declaration === undefined || !ts.isTypeAliasDeclaration(declaration)) return undefined;
  const { type } = declaration;
  const isShort =
    ts.isUnionTypeNode(type) && type.types.every(ts.isLiteralTypeNode) && type.types.length <= 4;
  return ts.isFunctionTypeNode(type) || isShort ? type : undefined;
}

/** Returns the name of a parameter, or the names of its members: `{ ctx }`. */
function shortParameter(node: ts.ParameterDeclaration): string {
  const { type } = node;
  const members =
    type !== undefined && ts.isTypeLiteralNode(type)
      ? type.members.map((member) => member.name?.getText())
      : [];
  if (ts.isObjectBindingPattern(node.name)) {
    const names = node.name.elements.map((each) => (each.propertyName ?? each.name).getText());
    return `{ ${names.join(', ')} }`;
  }
  if (members.length > 0 && node.questionToken === undefined) return `{ ${members.join(', ')} }`;
  const mark = node.questionToken === undefined && node.initializer === undefined ? '' : '?';
  return `${node.dotDotDotToken === undefined ? '' : '…'}${node.name.getText()}${mark}`;
}

/** Returns a parameter, with its type if that says more than its name. */
function typedParameter(node: ts.ParameterDeclaration): string {
  const { type } = node;
  const named = type !== undefined && ts.isTypeReferenceNode(type) ? type.typeName.getText() : '';
  return /(?:Report|Letter)$/.test(named) ? `${node.name.getText()}: ${named}` : shortParameter(node);
}

type Signature = ts.SignatureDeclarationBase;

/** Returns a function's parameters as its heading shows them, from the signature that has the most. */
export function parametersOf(nodes: readonly ts.Node[]): string {
  const signatures = nodes.filter((node) => ts.isFunctionLike(node)) as unknown as Signature[];
  const lists: (readonly ts.ParameterDeclaration[])[] = signatures.map(({ parameters }) => parameters);
  const longest = lists.reduce((best, list) => (list.length > best.length ? list : best), lists[0] ?? []);
  const name = (node: ts.ParameterDeclaration | undefined) => node?.name.getText();
  const beginnings = lists.filter((list) => list.every((each, i) => name(each) === name(longest[i])));
  const needed = Math.min(...beginnings.map((list) => list.length));
  return longest.map((each, i) => (i < needed ? spread(each) : `${name(each)}?`)).join(', ');
}

/** Spells out a rest parameter. In these sources it stands for a payload and options, or only for options. */
function spread(node: ts.ParameterDeclaration): string {
  if (node.dotDotDotToken === undefined) return shortParameter(node);
  return /^(?:DispatchArgs)/.test(node.type?.getText() ?? '') ? 'payload?, options?' : 'options?';
}

/** Returns a member's type. A number has the unit that its docstring names. */
export function memberType(member: Member, declarations: Declarations): string {
  const { node, doc } = member;
  if (ts.isMethodSignature(node) || ts.isMethodDeclaration(node)) {
    return `(${node.parameters.map((each) => shortParameter(each)).join(', ')}) => ${shortType(node.type, declarations)}`;
  }
  if (!ts.isPropertySignature(node) && !ts.isPropertyDeclaration(node)) {
    if (ts.isGetAccessor(node)) return shortType(node.type, declarations);
    return '';
  }
  const text = shortType(node.type, declarations);
  return /^number\b/.test(text) ? text.replace('number', `number${unitOf(doc.text)}`) : text;
}

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/\bms\b|milliseconds/i, ' (ms)'],
  [/\bbytes\b/i, ' (bytes)'],
  [/\bseconds\b/i, ' (s)'],
];
/** Returns the unit that a docstring names. A docstring that begins with a count has none. */
function unitOf(text: string): string {
  if (/^(?:The |Maximum )?(?:number of|how many)/i.test(text)) return '';
  return UNITS.find(([pattern]) => pattern.test(text))?.[1] ?? '';
}
