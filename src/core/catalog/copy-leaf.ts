import type { ObjectKind } from './object-kind.ts';

/** The kinds of objects that hold nothing but themselves. */
export type LeafKind = Extract<ObjectKind, 'Date' | 'ArrayBuffer' | 'DataView' | 'typed array'>;

/** Copies a Date or bytes. Throws for what only looks like one, such as a proxy, and for bytes that were transferred. */
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
      // The array's own `slice` won't do, because a Buffer's returns a view of the same memory.
      return Uint8Array.prototype.slice.call(value);
  }
}

function copyBytes(buffer: ArrayBuffer, from: number, length: number): ArrayBuffer {
  return new Uint8Array(new Uint8Array(buffer, from, length)).buffer;
}
