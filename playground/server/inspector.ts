import { timingSafeEqual } from 'node:crypto';
import { createInspector } from 'trpc-events/inspector';
import { shared } from './shared.ts';

/** The address of the inspector's page, with its token, from start/inspector.ts. Undefined without `npm run playground`. */
export const inspectorUrl: string | undefined = process.env.INSPECTOR_URL || undefined;

/** Records what happens in the shop, for its own page and for the inspector's. The worker sends its part to this process. */
export const inspector = shared('inspector', () =>
  createInspector({ process: 'web', authorize: isReader, actions: true }),
);

/**
 * Returns true if a request may use the inspector. In production, that needs an `authorize`, which replaces its token check.
 * Your application would check an administrator's session. The host is checked because another site's name may lead here.
 */
function isReader({ url, headers }: Request): boolean {
  if (inspectorUrl === undefined || !isLocal(headers.get('host'))) return false;
  // The page and its files hold no data of the shop, and a browser requests them without the token.
  if (!new URL(url).pathname.startsWith('/inspector/api/')) return true;
  const token = new URLSearchParams(new URL(inspectorUrl).hash.slice(1)).get('token');
  const [given, expected] = [headers.get('authorization') ?? '', `Bearer ${token}`].map((it) =>
    Buffer.from(it),
  );
  return given!.length === expected!.length && timingSafeEqual(given!, expected!);
}

/** Returns true if a `Host` header names this machine, and not a site whose name leads here. */
export function isLocal(host: string | null): boolean {
  return /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host ?? '');
}
