import { spawn, type ChildProcess } from 'node:child_process';

/** The child processes that are running. None may outlive this process. */
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach(end));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

export interface Child extends AsyncDisposable {
  /** Resolves to the first match in what the child prints. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves to everything that the child printed, once it has ended well. */
  readonly ended: Promise<string>;
}

export interface ChildOptions {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  /** Time in ms after which the child is killed, and counts as failed. */
  readonly limit: number;
}

export function startChild(path: string, args: readonly string[], options: ChildOptions): Child {
  const { cwd, env, limit } = options;
  // The child gets a process group of its own, so that processes that it starts end with it.
  const child = spawn(path, args, {
    cwd,
    env: { ...process.env, NODE_ENV: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  let printed = '';
  let look = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      look();
    });
  }
  const timer = setTimeout(() => {
    printed += `\nended after ${limit} ms`;
    end(child);
  }, limit);
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      running.delete(child);
      if (code === 0) resolve(printed);
      else reject(new Error(`${path} ${args.join(' ')} ended by ${code}: ${tail(printed)}`));
    });
  });
  ended.catch(() => {});
  return {
    ended,
    prints: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => {
          const found = pattern.exec(printed);
          if (found !== null) resolve(found);
        };
        look();
        ended.then(() => reject(new Error(`it ended: ${tail(printed)}`)), reject);
      }),
    async [Symbol.asyncDispose]() {
      end(child);
      await ended.catch(() => {});
    },
  };
}

function end({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The child has already ended.
  }
}

const tail = (text: string) => text.trim().slice(-800);
