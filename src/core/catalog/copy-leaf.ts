import { typedArrayName, type ObjectKind } from './object-kind.ts';

/** The kinds of objects that hold nothing but themselves. */
export type LeafKind = Extract<ObjectKind, 'Date' | 'ArrayBuffer' | 'DataView' | 'typed array'>;

/** Copies a Date or bytes. Throws for an object that only looks like one, such as a proxy, and for transferred bytes. */
export function copyLeaf(value: object, kind: LeafKind): object {
  switch (kind) {
    case 'Date':
      return new Date(Date.prototype.getTime.call(value));
    case 'ArrayBuffer':
      return copyBytes(value as ArrayBuffer, 0, (value as ArrayBuffer).byteLength);
    case 'DataView': {
      const { buffer, byteOffset, byteLength } = value as DataView<ArrayBuffer>;
      return new DataView(copyBytes(buffer, byteOffset, byteLength));
    }
    default:
      return copyTypedArray(value as Uint8Array);
  }
}

function copyBytes(buffer: ArrayBuffer, from: number, length: number): ArrayBuffer {
  return new Uint8Array(new Uint8Array(buffer, from, length)).buffer;
}

/** Node's Buffer, or a package's. It may come from another realm than the other built-ins, as in Jest. */
interface BufferClass {
  isBuffer(value: object): boolean;
  from(buffer: ArrayBufferLike): Uint8Array;
}

/** Copies to an array of this realm and of no subclass, except Buffer. `slice` would use the original's class. */
function copyTypedArray(value: Uint8Array): Uint8Array {
  const classes = globalThis as unknown as Record<string, new (from: Uint8Array) => Uint8Array>;
  const copy = new classes[typedArrayName(value)!]!(value);
  const { isBuffer, from } = value.constructor as Partial<BufferClass>;
  return isBuffer?.(value) === true ? from!(copy.buffer) : copy;
}
