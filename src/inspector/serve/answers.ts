const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** The headers of every answer. There is no CORS header, ever. */
const HEADERS = {
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

export function answer(
  body: string | ReadableStream<Uint8Array> | null,
  type: string,
  status = 200,
  more: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, { status, headers: { ...HEADERS, ...more, 'content-type': type } });
}

export function json(value: unknown, status = 200): Response {
  return answer(JSON.stringify(value), 'application/json', status);
}

/** The refusal of a request, with its reason. */
export class Refusal {
  readonly status: number;
  readonly error: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: string, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.error = error;
    this.headers = headers;
  }

  answer(): Response {
    return answer(JSON.stringify({ error: this.error }), 'application/json', this.status, this.headers);
  }
}

/** The refusal that reveals nothing: neither that there is an inspector, nor why it refuses. */
export const NOT_FOUND = new Refusal(404, 'Not found.');
