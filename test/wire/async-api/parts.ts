import { Parser } from '@asyncapi/parser';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { Ajv, type ValidateFunction } from 'ajv';
import {
  defineEvents,
  initEvents,
  type BusDescription,
  type DescribeOptions,
  type EventHandler,
} from '../../../src/index.ts';
import { asyncApi, type AsyncApiDocument } from '../../../src/wire/index.ts';

export type Shape = Readonly<Record<string, StandardSchemaV1>>;
export const INFO = { title: 'The shop', version: '1.4.0' };

/** Describes a bus whose catalog is only known at run time. */
export function describeShape(
  shape: Shape,
  handlers: readonly EventHandler[] = [],
  options?: DescribeOptions,
): BusDescription {
  return initEvents.create(defineEvents(shape)).bus({ handlers }).describe(options);
}

/** Makes the description of events whose schemas are given as JSON Schema. */
export function describeJson(schemas: Readonly<Record<string, object>>): BusDescription {
  const shape = Object.fromEntries(
    Object.keys(schemas).map((name): [string, StandardSchemaV1] => [
      name,
      { '~standard': { version: 1, vendor: 'json', validate: (value) => ({ value: value ?? null }) } },
    ]),
  );
  return describeShape(shape, [], { jsonSchema: (_, name) => schemas[name] });
}

const parser = new Parser();

/** Returns the official parser's findings about a document, and the document as it read it. */
export async function readDocument(document: AsyncApiDocument) {
  const { document: read, diagnostics } = await parser.parse(document);
  const findings = diagnostics.map(({ code, message, path }) => `${code} at ${path.join('/')}: ${message}`);
  return { read, findings };
}

/** Returns what a pointer of a document leads to. Throws if there is nothing. */
export function at(root: unknown, pointer: string): unknown {
  let value = root;
  for (const segment of decodeURIComponent(pointer).split('/').slice(1)) {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
      throw new Error(`${pointer} leads nowhere`);
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** Returns a check of an event's messages. ajv stands for a reader in another language. */
export function checkOf(document: AsyncApiDocument, key: string): ValidateFunction {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'document');
  return ajv.compile({ $ref: `document#/components/messages/${key}/payload` });
}

/** Makes the document of a catalog that is only known at run time. */
export const documentOf = (...given: Parameters<typeof describeShape>) =>
  asyncApi(describeShape(...given), INFO);
