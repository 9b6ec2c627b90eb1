import { next } from './next.ts';
import { HOST } from './port.ts';
import type { QueueVariables } from './queues.ts';

export interface Server {
  /** Resolves when the server has ended, with the exit code for this script. */
  readonly exited: Promise<number>;
  /** Shows what the server prints from now on. */
  show(): void;
}

interface ServerOptions {
  readonly dev: boolean;
  readonly port: number;
  readonly queues: QueueVariables;
  /** The address of the inspector, with its token. */
  readonly inspector: string;
}

/** The time after which a server that does not end is killed, in ms. The bus itself takes up to ten seconds. */
const PATIENCE = 12_000;

export function startServer({ dev, port, queues, inspector }: ServerOptions): Server {
  // Only this machine is served, because the inspector shows everything in the shop and can act on it.
  const args = ['--port', String(port), '--hostname', HOST];
  const env = { ...queues, INSPECTOR_URL: inspector, PLAYGROUND: '1' };
  // With this variable, Next leaves signals to server/shutdown.ts, which closes the bus before the process ends.
  const child = dev ? next('dev', args, env) : next('start', args, { ...env, NEXT_MANUAL_SIG_HANDLE: '1' });
  child.stderr!.pipe(process.stderr);
  child.stdout!.resume();
  let isStopping = false;

  function stop(): void {
    if (isStopping) return;
    isStopping = true;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), PATIENCE).unref();
  }
  process.on('SIGINT', stop).on('SIGTERM', stop);
  // A signal to npm ends only npm's shell, which doesn't pass it on. But this process then gets another parent.
  const { ppid } = process;
  setInterval(() => process.ppid !== ppid && stop(), 250).unref();

  const exited = new Promise<number>((resolve) => {
    child.on('exit', (code) => resolve(isStopping ? 0 : (code ?? 1)));
  });
  return {
    exited,
    show() {
      child.stdout!.pipe(process.stdout);
    },
  };
}
