/**
 * Opens an inspector in this process, which both the shop and its worker tell what they do: it outlives each of them.
 * Returns its address, or `undefined` if it can't be opened, since the shop works without it.
 */
export async function openInspector(): Promise<string | undefined> {
  // A clone that isn't built yet has no such module, and has been told so before.
  const { createInspector } = await import('trpc-events/inspector');
  try {
    const { url } = await createInspector({ process: 'starter' }).listen();
    return url;
  } catch (error) {
    console.error((error as Error).message);
    return undefined;
  }
}
