import { builtin } from '../../core/host/builtin.ts';

const BYTES = 24;
const TOKEN = /^[\w-]{32}$/;
const FOLDER = 'node_modules/.cache/trpc-events';
const FILE = `${FOLDER}/inspector-token`;

/** Returns the token of 192 random bits. It is kept across restarts if there is a `node_modules` that can be written. */
export function readToken(): string {
  const fs = builtin<typeof import('node:fs')>('node:fs');
  if (fs === undefined) return newToken();
  try {
    return keptToken(fs);
  } catch {
    return newToken();
  }
}

function keptToken(fs: typeof import('node:fs')): string {
  const kept = readKept(fs);
  if (kept !== undefined) return kept;
  if (!fs.existsSync('node_modules')) return newToken();
  const token = newToken();
  fs.mkdirSync(FOLDER, { recursive: true });
  // A file that others can read is no secret, so it is replaced. If there is none, another process may be making it now.
  if (fs.lstatSync(FILE, { throwIfNoEntry: false }) !== undefined) fs.rmSync(FILE);
  try {
    fs.writeFileSync(FILE, token, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    // Another process may have made it just now.
    const other = readKept(fs);
    if (other === undefined) throw error;
    return other;
  }
  return token;
}

/** Returns the token of the file, if it is a plain file that nobody else may read or write. */
function readKept(fs: typeof import('node:fs')): string | undefined {
  const stat = fs.lstatSync(FILE, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) return undefined;
  const { process } = globalThis as { process?: { readonly platform?: string } };
  // Windows has no such modes.
  if (process?.platform !== 'win32' && (stat.mode & 0o077) !== 0) return undefined;
  const text = fs.readFileSync(FILE, 'utf8');
  return TOKEN.test(text) ? text : undefined;
}

function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

/** Compares in a time that depends only on the length of the given text. */
export function isToken(given: string | null, token: string): boolean {
  const text = /^Bearer (.*)$/i.exec(given ?? '')?.[1] ?? '';
  let difference = text.length ^ token.length;
  for (let i = 0; i < text.length; i++) difference |= text.charCodeAt(i) ^ token.charCodeAt(i % token.length);
  return difference === 0;
}
