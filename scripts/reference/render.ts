/** Turns exports into Markdown. */
import ts from 'ts60';
import { type Declarations, type Doc, docOf, type Export, type Member } from './declarations.ts';
import { LIKE_OPTIONS, type Part } from './plan.ts';
import { memberType, parametersOf, shortType } from './types.ts';

/** Links to the headings that explain names, such as `'events.md#dispatchoptions'`. */
export type Links = ReadonlyMap<string, string>;

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
/** Escapes pipes, which would end the cell, even in code. */
const cell = (text: string) => oneLine(text).replaceAll('|', String.raw`\|`);
const code = (text: string) => (text === '' ? '' : `\`${text}\``);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Returns what stands below a heading: the text, what is thrown, and the examples. */
function prose({ text, throws, examples }: Doc): string[] {
  return [
    text,
    ...(throws.length === 0 ? [] : [thrown(throws.join('; '))]),
    ...examples.map((example) => `\`\`\`ts\n${example}\n\`\`\``),
  ].filter((part) => part !== '');
}

/** Says what is thrown, with a link for each code. */
function thrown(text: string): string {
  const linked = text.replaceAll(/`([A-Z]+_[A-Z_]+|UNHANDLED|CLOSED|DISABLED)`/g, (shown, name: string) => {
    return `[${shown}](../errors.md#${anchorOf(name)})`;
  });
  return `Throws ${linked.replace(/\.$/, '')}.`;
}

/** Contracts with pages of their own, whose members an implementation doesn't repeat. */
const CONTRACTS: ReadonlySet<string> = new Set(['EventHandler', 'EventObserver']);

function inheritedContracts(nodes: readonly ts.Node[]): ReadonlySet<string> {
  const clauses = nodes.flatMap((node) =>
    ts.isInterfaceDeclaration(node) ? (node.heritageClauses ?? []) : [],
  );
  const names = clauses.flatMap(({ types }) => types.map(({ expression }) => expression.getText()));
  return new Set(names.filter((name) => CONTRACTS.has(name)));
}

const DEFAULT = /(?:^|\s)Default:\s(.+?)\.(?=\s|$)/s;

/** Splits the docstring of an option into its default and the rest. */
function splitDefault({ doc: { text }, isOptional }: Member): { value: string | undefined; rest: string } {
  const found = DEFAULT.exec(text);
  const rest = oneLine(found === null ? text : text.replace(found[0], ''));
  return { value: found === null ? (isOptional ? undefined : '**required**') : oneLine(found[1]!), rest };
}

/** Matches the docstring of a number that needs no unit, such as a count, a share or a port. */
const COUNTED =
  /\b(?:number of|how (?:many|often)|limit|port|share|part|times|from 0 to 1|version|whole number|maximum|items)\b/i;

export class Renderer {
  /** The defaults and units that the docstrings of options lack. */
  readonly faults: string[] = [];
  readonly #declarations: Declarations;
  readonly #links: Links;

  constructor(declarations: Declarations, links: Links) {
    this.#declarations = declarations;
    this.#links = links;
  }

  part(part: Part): string {
    const found = this.#declarations.exportsOf(part.entry).get(part.name);
    if (found === undefined) throw new Error(`trpc-events/${part.entry} exports no ${part.name}.`);
    const [node] = found.nodes;
    if (part.as !== undefined) return this.#methods(found, part.as);
    const blocks = [`## ${headingOf(found)}`, ...prose(found.doc)];
    if (node === undefined) return blocks.join('\n\n');
    if (
      ts.isTypeAliasDeclaration(node) &&
      (isChoice(node) || this.#declarations.membersOf([node]).length === 0)
    )
      return this.#alias(found, node);
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node))
      blocks.push(this.#members(found));
    return blocks.filter((block) => block !== '').join('\n\n');
  }

  /** Makes a table of the exports that have no heading. */
  others(exports: readonly Export[]): string[] {
    if (exports.length === 0) return [];
    const rows = exports.map((found) => [
      code(headingOf(found)),
      oneLine(found.doc.text) || this.#fault(found.name, 'a docstring'),
    ]);
    return ['## Other exports', table(['Export', 'Meaning'], rows)];
  }

  #alias({ name, doc }: Export, node: ts.TypeAliasDeclaration): string {
    const { type } = node;
    const [first = '', ...others] = prose(doc);
    if (!ts.isUnionTypeNode(type)) {
      const isFunction = ts.isFunctionTypeNode(type);
      return [
        `## ${name}`,
        first,
        ...(isFunction ? [code(shortType(type, this.#declarations))] : []),
        ...others,
      ].join('\n\n');
    }
    if (isChoice(node)) {
      const shown = type.types.map((each) => shortType(each, this.#declarations)).join(' | ');
      return [`## ${name}`, first, code(shown), ...others].join('\n\n');
    }
    const values = type.types.map((each) => ({ text: each.getText(), doc: commentBefore(each) }));
    if (values.every((value) => value.doc === ''))
      return [
        `## ${name}`,
        `${values.map(({ text }) => code(oneLine(text))).join(' | ')}. ${first}`,
        ...others,
      ].join('\n\n');
    const rows = values.map((value) => [code(value.text), value.doc]);
    return [`## ${name}`, first, table(['Value', 'Meaning'], rows), ...others].join('\n\n');
  }

  #members({ name, nodes }: Export): string {
    const all = this.#declarations.membersOf(nodes, inheritedContracts(nodes));
    // A class also has members for its neighbors in the sources. They have no docstring, and are not for users.
    const members = nodes.some(ts.isClassDeclaration) ? all.filter(({ doc }) => doc.text !== '') : all;
    if (members.length === 0) return '';
    const type = (member: Member) => this.#link(memberType(member, this.#declarations));
    if (!name.endsWith('Options') && !LIKE_OPTIONS.has(name)) {
      const rows = members.map((member) => [
        code(`${member.name}${member.isOptional ? '?' : ''}`),
        type(member),
        this.#meaning(name, member),
      ]);
      return [table(['Member', 'Type', 'Meaning'], rows), ...this.#inherits(nodes)].join('\n\n');
    }
    const isGiven = members.some((member) => member.isOptional);
    const fault = (member: Member, lack: string) => this.#fault(`${name}.${member.name}`, lack);
    const sorted = [...members].sort((a, b) => Number(a.isOptional) - Number(b.isOptional));
    const rows = sorted.map((member) => {
      const short = memberType(member, this.#declarations);
      if (short === 'number' && !COUNTED.test(member.doc.text)) fault(member, 'a unit, such as ms or bytes');
      const { value = fault(member, 'a sentence "Default: …."'), rest } = splitDefault(member);
      if (rest === '') fault(member, 'a sentence that says what it does');
      return isGiven
        ? [code(member.name), this.#link(short), value, rest]
        : [code(member.name), this.#link(short), rest];
    });
    return table(isGiven ? ['Option', 'Type', 'Default', 'Meaning'] : ['Member', 'Type', 'Meaning'], rows);
  }

  /** Notes what a docstring lacks. Returns the empty text. */
  #fault(where: string, lack: string): string {
    this.faults.push(`${where} needs ${lack}.`);
    return '';
  }

  #inherits(nodes: readonly ts.Node[]): string[] {
    return [...inheritedContracts(nodes)].map((name) => `It also has the members of ${this.#link(name)}.`);
  }

  #meaning(owner: string, { name, doc }: Member): string {
    const text = oneLine([doc.text, ...doc.throws.map(thrown)].join(' '));
    return text === '' ? this.#fault(`${owner}.${name}`, 'a docstring') : text;
  }

  /** Makes a heading for each method, and a table of the other members. */
  #methods({ name, doc, nodes }: Export, as: string): string {
    const members = this.#declarations.membersOf(nodes, inheritedContracts(nodes));
    const isMethod = ({ node, doc: { examples } }: Member) =>
      ts.isMethodSignature(node) || ts.isMethodDeclaration(node) || examples.length > 0 || isDispatch(node);
    const fields = members.filter((member) => !isMethod(member));
    const blocks = members.filter(isMethod).map((member) => {
      const call = ts.isMethodSignature(member.node)
        ? `(${parametersOf(siblings(member.node))})`
        : callOf(member);
      return [`### ${as}.${member.name}${call}`, ...prose(member.doc)].join('\n\n');
    });
    const calls = nodes.flatMap((node) => (ts.isInterfaceDeclaration(node) ? [...node.members] : []));
    const signatures = calls.filter(ts.isCallSignatureDeclaration);
    if (signatures.length > 0)
      blocks.unshift([`### ${as}(${parametersOf(signatures)})`, ...prose(docOf(signatures))].join('\n\n'));
    const rows = fields.map((member) => [
      code(`${as}.${member.name}`),
      this.#link(memberType(member, this.#declarations)),
      this.#meaning(name, member),
    ]);
    const head = [
      `## ${name}`,
      doc.text,
      ...this.#inherits(nodes),
      ...(rows.length === 0 ? [] : [table(['Member', 'Type', 'Meaning'], rows)]),
    ];
    return [...head, ...blocks].filter((block) => block !== '').join('\n\n');
  }

  /** Returns a type as code, with a link to its heading if it has one. */
  #link(type: string): string {
    const target = this.#links.get(type.replace(/\[\]$/, ''));
    return target === undefined ? code(type) : `[${code(type)}](${target})`;
  }
}

/** Returns the heading of an export: a function with its parameters, or a type's name. */
export function headingOf({ name, isType, nodes }: Export): string {
  return isType || !nodes.some((node) => ts.isFunctionDeclaration(node))
    ? name
    : `${name}(${parametersOf(nodes)})`;
}

/** Returns the anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

/** Returns the overloads of a method. */
function siblings(node: Member['node']): readonly ts.Node[] {
  const { parent } = node;
  if (!ts.isInterfaceDeclaration(parent)) return [node];
  return parent.members.filter((member) => member.name?.getText() === node.name?.getText());
}
/** Returns true for members of the builder and of the bus whose types lead to a function. */
const isDispatch = (node: ts.Node) =>
  ts.isPropertySignature(node) && node.type?.getText().includes("'dispatch'") === true;
/** Returns the parameters of a member that is a function. Its own declaration may not have them. */
function callOf({ node }: Member): string {
  const type = ts.isPropertySignature(node) ? node.type : undefined;
  if (type !== undefined && ts.isFunctionTypeNode(type)) return `(${parametersOf([type])})`;
  return node.name?.getText() === 'middleware' ? '(options?)' : '(event, payload?, options?)';
}

/** Returns true for an alias of several kinds of objects, which one table of members couldn't tell apart. */
const isChoice = ({ type }: ts.TypeAliasDeclaration) =>
  ts.isUnionTypeNode(type) && type.types.every(ts.isTypeLiteralNode);

/** Returns the docstring before a member of a union. It stands before the pipe, which belongs to no member. */
function commentBefore(node: ts.Node): string {
  const before = node.getSourceFile().text.slice(0, node.getStart());
  const comment = /\/\*\*((?:(?!\*\/).)*)\*\/\s*\|\s*$/s.exec(before)?.[1] ?? '';
  return oneLine(comment.replaceAll(/^ *\* ?/gm, ''));
}
