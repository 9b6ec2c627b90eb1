import { variable } from '../../core/host/environment.ts';
import type { Settings } from '../options.ts';
import { NOT_FOUND, Refusal } from './answers.ts';
import { hostOf, isOwnOrigin } from './hosts.ts';
import { isToken } from './token.ts';

/** The place where the inspector answers: below a path of the application, or on a port of its own. */
export interface Mount {
  /** The path that all endpoints stand below, without a slash at its end. */
  readonly base: string;
  readonly isListening: boolean;
  /** The options of the inspector that answers here. */
  readonly settings: Pick<Settings, 'authorize' | 'allowedHosts' | 'actions'>;
  /** Aborts when no more requests are answered here. */
  readonly ending?: AbortSignal;
  isKnownHost(host: string): boolean;
  /** Called when a request was sent to a known host, before the token is asked for. */
  admitted?(): void;
}

/**
 * The kind of a request. The page and its files hold nothing of the application. Requests of other processes have a token
 * and no origin. All others are for the API of the page.
 */
export type Asked = 'page' | 'processes' | 'api';

/**
 * Refuses requests that must not get further, because any web page that the developer visits can send requests here.
 *
 * @throws Refusal
 */
export async function guard(token: () => string, request: Request, mount: Mount, kind: Asked): Promise<void> {
  const { authorize } = mount.settings;
  const isDevelopment = mount.isListening || !['production', undefined, ''].includes(variable('NODE_ENV'));
  if (!isDevelopment && authorize === undefined) throw NOT_FOUND;
  const host = hostOf(request);
  if ((mount.isListening || authorize === undefined) && !mount.isKnownHost(host)) {
    throw new Refusal(403, 'This host is not known: allowedHosts names those beside localhost.');
  }
  if (authorize !== undefined) {
    const isAllowed = await asked(authorize, request);
    if (!isAllowed) throw isDevelopment ? new Refusal(403, 'authorize says no.') : NOT_FOUND;
  }
  checkOrigin(request, host, kind);
  mount.admitted?.();
  if (kind === 'page') return;
  if (authorize === undefined && !isToken(request.headers.get('authorization'), token())) {
    throw new Refusal(401, 'The token is missing or wrong: open the address that the server has printed.', {
      'www-authenticate': 'Bearer',
    });
  }
}

async function asked(authorize: (request: Request) => unknown, request: Request): Promise<boolean> {
  try {
    return (await authorize(request)) === true;
  } catch {
    return false;
  }
}

function checkOrigin(request: Request, host: string, kind: Asked): void {
  if (kind === 'page' && isOpened(request)) return;
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  const isPost = request.method === 'POST';
  const isForeign = origin === null ? isPost && kind !== 'processes' : !isOwnOrigin(origin, host);
  // A page that was opened by its address has the site `none`.
  const isOfAnotherSite = site !== null && site !== 'same-origin' && (isPost || site !== 'none');
  if (isForeign || isOfAnotherSite)
    throw new Refusal(403, 'The request comes from another origin, or names none.');
}

/** Returns true if somebody opened the page, maybe by a link on another site. A frame doesn't count. */
function isOpened({ method, headers }: Request): boolean {
  return (
    method === 'GET' &&
    headers.get('sec-fetch-mode') === 'navigate' &&
    headers.get('sec-fetch-dest') === 'document'
  );
}
