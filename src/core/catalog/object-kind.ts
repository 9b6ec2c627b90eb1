/**
 * Recognizes plain objects and built-in objects of any realm. Objects from `structuredClone`, `response.json()` or `node:vm`
 * may belong to another realm than this module, as in each test file of Jest, and then have other prototypes.
 */

/** The kinds of objects that a payload is made of. All others are `'instance'`. */
export type ObjectKind =
  | 'plain'
  | 'array'
  | 'Date'
  | 'Map'
  | 'Set'
  | 'ArrayBuffer'
  | 'DataView'
  | 'typed array'
  | 'instance';

/** Returns the kind of an object. An instance of a subclass is an `'instance'`, except for typed arrays, such as Buffer. */
export function objectKind(value: object): ObjectKind {
  if (Array.isArray(value)) return 'array';
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Object.prototype || prototype === null) return 'plain';
  if (ArrayBuffer.isView(value)) return typedArrayName(value) === undefined ? 'DataView' : 'typed array';
  if (prototype === Date.prototype) return 'Date';
  return kindOfOtherRealm(value, prototype) ?? 'instance';
}

/** The getter that returns the class name of any typed array, of any realm. */
const TYPED_ARRAY_NAME = getterOf(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag);

/** Returns the name of the built-in class of a typed array; `undefined` for anything else. */
export function typedArrayName(value: object): string | undefined {
  return TYPED_ARRAY_NAME.call(value) as string | undefined;
}

/** Functions that throw unless they are called on a built-in object of their class, of any realm. */
const BRANDS = {
  Date: Date.prototype.getTime as () => unknown,
  Map: getterOf(Map.prototype, 'size'),
  Set: getterOf(Set.prototype, 'size'),
  ArrayBuffer: getterOf(ArrayBuffer.prototype, 'byteLength'),
};

function getterOf(prototype: object, key: PropertyKey): () => unknown {
  return Object.getOwnPropertyDescriptor(prototype, key)!.get!;
}

function kindOfOtherRealm(value: object, prototype: object): ObjectKind | undefined {
  if (isObjectPrototype(prototype)) return 'plain';
  // A subclass has a prototype between its own and that of all objects.
  if (!isObjectPrototype(Object.getPrototypeOf(prototype))) return undefined;
  const name = nameOfClass(prototype);
  if (name === undefined || !Object.hasOwn(BRANDS, name)) return undefined;
  try {
    BRANDS[name as keyof typeof BRANDS].call(value);
    return name as keyof typeof BRANDS;
  } catch {
    // A class of the application has the name of a built-in one.
    return undefined;
  }
}

/** Returns true for the `Object.prototype` of any realm. */
function isObjectPrototype(value: unknown): boolean {
  if (value === Object.prototype) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.getPrototypeOf(value) === null && Object.hasOwn(value, 'isPrototypeOf');
}

function nameOfClass(prototype: object): string | undefined {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof constructor === 'function' ? constructor.name : undefined;
}
