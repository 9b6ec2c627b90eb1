import { next } from './next.ts';
import { HOST } from './port.ts';
import type { QueueVariables } from './queues.ts';

export interface Server {
  /** Resolves when it has ended, to the exit code of this script. */
  readonly exited: Promise<number>;
  /** From now on, what it prints is shown. */
  show(): void;
}

interface ServerOptions {
  readonly dev: boolean;
  readonly port: number;
  readonly queues: QueueVariables;
  /** The address of the inspector, with its token. */
  readonly inspector: string;
}

/** After the bus's own ten seconds. */
const PATIENCE = 12_000;

export function startServer({ dev, port, queues, inspector }: ServerOptions): Server {
  // Only this machine is served: the inspector of the shop shows all of it, and acts on it.
  const args = ['--port', String(port), '--hostname', HOST];
  const env = { ...queues, INSPECTOR_URL: inspector, PLAYGROUND: '1' };
  // The shop closes its bus itself, and then ends: see server/shutdown.ts.
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
  // A signal to npm ends npm's shell alone, and that doesn't pass it on.
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
