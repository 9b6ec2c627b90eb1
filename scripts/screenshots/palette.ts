/** Makes a screenshot small: a page has few colors, and a PNG file may number them. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const MOST_COLORS = 256;
/** The color type of a PNG file whose pixels are red, green and blue, and of one whose pixels are numbers of colors. */
const RGB = 2;
const NUMBERED = 3;

interface Picture {
  readonly width: number;
  readonly height: number;
  /** The pixels, row by row, as 0xrrggbb. */
  readonly pixels: Uint32Array;
}

/** Returns the file with at most 256 colors. Any rarer color is replaced by the nearest of these. */
export function withPalette(png: Buffer): Buffer {
  const { width, height, pixels } = read(png);
  const counts = new Map<number, number>();
  for (const color of pixels) counts.set(color, (counts.get(color) ?? 0) + 1);
  const byCount = [...counts].sort(([, a], [, b]) => b - a).map(([color]) => color);
  const palette = byCount.slice(0, MOST_COLORS);
  const numbers = new Map(byCount.map((color) => [color, nearest(palette, color)]));

  const rows = Buffer.alloc((width + 1) * height); // each row begins with its filter: none
  for (let at = 0; at < pixels.length; at++)
    rows[at + Math.floor(at / width) + 1] = numbers.get(pixels[at]!)!;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, NUMBERED], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(partsOf))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Reads what Chromium writes: 8 bits for each of red, green and blue, and rows that aren't interlaced. */
function read(png: Buffer): Picture {
  const parts: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  if (png[24] !== 8 || png[25] !== RGB) throw new Error('The screenshot is of another format.');
  const bytes = unfiltered(inflateSync(Buffer.concat(parts)), width * 3, height);
  const pixels = Uint32Array.from({ length: width * height }, (_, at) => bytes.readUIntBE(at * 3, 3));
  return { width, height, pixels };
}

/** Undoes PNG's filters, which write each byte as its difference from a guess made from the bytes left and above. */
function unfiltered(given: Buffer, length: number, height: number): Buffer {
  const bytes = Buffer.alloc(length * height);
  for (let y = 0; y < height; y++) {
    const filter = given[y * (length + 1)]!;
    for (let x = 0; x < length; x++) {
      const at = y * length + x;
      const left = x < 3 ? 0 : bytes[at - 3]!;
      const above = y === 0 ? 0 : bytes[at - length]!;
      const corner = x < 3 || y === 0 ? 0 : bytes[at - length - 3]!;
      const guesses = [0, left, above, (left + above) >> 1, paeth(left, above, corner)];
      bytes[at] = given[y * (length + 1) + 1 + x]! + guesses[filter]!;
    }
  }
  return bytes;
}

function paeth(left: number, above: number, corner: number): number {
  const sum = left + above - corner;
  const [a, b, c] = [Math.abs(sum - left), Math.abs(sum - above), Math.abs(sum - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

function nearest(palette: readonly number[], color: number): number {
  const known = palette.indexOf(color);
  if (known >= 0) return known;
  const distances = palette.map((other) => distance(partsOf(other), partsOf(color)));
  return distances.indexOf(Math.min(...distances));
}

const partsOf = (color: number) => [color >> 16, (color >> 8) & 255, color & 255];
const distance = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, part, i) => sum + (part - b[i]!) ** 2, 0);

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
