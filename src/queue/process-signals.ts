/** The part of Node's `process` that is used. Other platforms have no signals. */
interface SignalSource {
  on?(signal: string, listener: () => void): unknown;
  off?(signal: string, listener: () => void): unknown;
}
const host = (globalThis as { process?: SignalSource }).process;

const SIGNALS = ['SIGTERM', 'SIGINT'];

/**
 * Calls a function for each SIGTERM and SIGINT. Meanwhile they don't end the process, because npm and terminals send
 * Ctrl-C twice. Returns a function that stops this.
 */
export function onEndSignals(asked: () => void): () => void {
  for (const signal of SIGNALS) host?.on?.(signal, asked);
  return () => {
    for (const signal of SIGNALS) host?.off?.(signal, asked);
  };
}
