const HOST = /^(\[[\da-f:.]+\]|[^:/@\s[\]]+)(?::\d+)?$/i;
const LOOPBACK = /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Returns the host that a request was sent to. A foreign page may use any name that leads here. */
export function hostOf(request: Request): string {
  return request.headers.get('host') ?? new URL(request.url).host;
}

/** Returns true for a name of this machine, with any port, and for one of the list, with or without its port. */
export function isKnownHost(host: string, allowed: readonly string[]): boolean {
  const name = HOST.exec(host)?.[1];
  if (name === undefined) return false;
  return LOOPBACK.test(name) || allowed.some((other) => isSame(other, host) || isSame(other, name));
}

/** Returns true if an `Origin` is that of the page itself. */
export function isOwnOrigin(origin: string, host: string): boolean {
  return isSame(origin, `http://${host}`) || isSame(origin, `https://${host}`);
}

export function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
