/** Throws unless the suite runs on Node.js 24, or on the version that TRPC_EVENTS_NODE names. */
export function setup(): void {
  const wanted = process.env.TRPC_EVENTS_NODE ?? '24';
  if (!['22', '24', '26'].includes(wanted)) {
    throw new Error(`TRPC_EVENTS_NODE is "${wanted}". Name a tested version: 22, 24 or 26.`);
  }
  const major = process.versions.node.split('.')[0];
  if (major !== wanted) {
    throw new Error(
      `The tests run on Node.js ${wanted}, and this is ${process.version}. ` +
        'Start them by an npm script, which brings its own Node.js, or set TRPC_EVENTS_NODE.',
    );
  }
}
