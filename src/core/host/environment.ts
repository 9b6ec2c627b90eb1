interface Host {
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> };
  readonly Deno?: { readonly permissions?: { querySync?(of: object): { readonly state: string } } };
}

/** What a variable of the environment is set to. One that the process may not read counts as not set. */
export function variable(name: string): string | undefined {
  return readerOf(name)();
}

/**
 * The same for what is read again and again: `globalThis.process` is a getter, and a global that isn't there is looked
 * for longer than a variable. Their `env` may be replaced.
 */
export function readerOf(name: string): () => string | undefined {
  const { process, Deno } = globalThis as Host;
  if (Deno === undefined) return () => process?.env?.[name];
  return () => (mayRead(name) ? process?.env?.[name] : undefined);
}

/** Whether it may be read: else Deno asks whoever sits in front of it, or throws. */
export function mayRead(name: string): boolean {
  const { Deno } = globalThis as Host;
  const answer = Deno?.permissions?.querySync?.({ name: 'env', variable: name });
  return answer === undefined || answer.state === 'granted';
}
