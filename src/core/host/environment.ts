interface Host {
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> };
  readonly Deno?: { readonly permissions?: { querySync?(of: object): { readonly state: string } } };
}

/** Returns the value of an environment variable. A variable that the process may not read counts as not set. */
export function variable(name: string): string | undefined {
  return readerOf(name)();
}

/** Returns true if the application's tools set NODE_ENV to `development`, as `next dev` does. */
export function isDevelopment(): boolean {
  return variable('NODE_ENV') === 'development';
}

/** Returns true if NODE_ENV is `production`. Slow checks for faults that a test would have shown are then left out. */
export function isProduction(): boolean {
  return variable('NODE_ENV') === 'production';
}

/**
 * Returns a function that reads a variable, for frequent reads. `globalThis.process` is a getter, and looking up a
 * global that doesn't exist is slow, so both are read only once. `env` is read each time, because it may be replaced.
 */
export function readerOf(name: string): () => string | undefined {
  const { process, Deno } = globalThis as Host;
  if (Deno === undefined) return () => process?.env?.[name];
  return () => (mayRead(name) ? process?.env?.[name] : undefined);
}

/** Returns true if the process may read a variable. If it may not, reading makes Deno prompt the user, or throw. */
export function mayRead(name: string): boolean {
  const { Deno } = globalThis as Host;
  const answer = Deno?.permissions?.querySync?.({ name: 'env', variable: name });
  return answer === undefined || answer.state === 'granted';
}
