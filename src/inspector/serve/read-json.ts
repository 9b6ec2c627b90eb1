import { isObject } from '../../core/words/guards.ts';
import { Refusal } from './answers.ts';

export const MOST_BYTES = 1024 * 1024;
const DEEPEST = 200;

/**
 * Reads the object in a request's body. It counts the bytes as they come, because `content-length` may lie.
 *
 * @throws Refusal
 */
export async function readJson(request: Request): Promise<Readonly<Record<string, unknown>>> {
  // A foreign page can send forms and plain text without a CORS preflight, so only JSON is taken.
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers.get('content-type') ?? '')) {
    throw new Refusal(415, 'The body must be JSON, and its content type application/json.');
  }
  if (Number(request.headers.get('content-length') ?? 0) > MOST_BYTES) throw TOO_LARGE;
  const text = await readText(request);
  if (isDeep(text)) throw new Refusal(400, `The body has more than ${DEEPEST} levels.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'The body is no JSON.');
  }
  if (!isObject(value) || Array.isArray(value)) throw new Refusal(400, 'The body must be an object.');
  return value;
}

const TOO_LARGE = new Refusal(413, 'The body is larger than 1 MiB.');

async function readText(request: Request): Promise<string> {
  const reader = request.body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = (await reader.read()) as { done: boolean; value: Uint8Array };
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > MOST_BYTES) {
      reader.cancel().catch(() => {});
      throw TOO_LARGE;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Returns true if JSON is too deep to be walked through. A text without an end is one token, or each quote would be tried. */
function isDeep(text: string): boolean {
  let levels = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*(?:"|$)|[[{\]}]/gs)) {
    if (token === '[' || token === '{') levels++;
    else if (token === ']' || token === '}') levels--;
    if (levels > DEEPEST) return true;
  }
  return false;
}
