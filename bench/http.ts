import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { shuffled } from './ab.ts';
import { startPostgres, startRedis } from './alternatives/services.ts';
import { interval, ratioOf, type Goal, type Line, type Table } from './report.ts';

const CONNECTIONS = 16;
const WARM_UP = 4000;
const MEASURED = 10_000;
const SLOW = 300;

/** A server under test: it answers `POST path`. */
interface Server {
  readonly port: number;
  readonly path: string;
  /** Returns the CPU time that it has used, in µs. */
  cpu(): Promise<number>;
  stop(): void;
}
export type StartServer = (subject: string, observer?: string) => Promise<Server>;

/** Starts a process for one subject: idle processes beside it would change its figures. */
export const startStandalone: StartServer = async (subject, observer = '') => {
  const child: ChildProcess = fork(join(import.meta.dirname, 'http-server.ts'), [subject, observer]);
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    path: '/create',
    async cpu() {
      child.send('cpu');
      const [{ user, system }] = (await once(child, 'message')) as [NodeJS.CpuUsage];
      return user + system;
    },
    stop: () => void child.kill(),
  };
};

type Post = () => Promise<void>;
const BODY = JSON.stringify({ id: 'u1' });

async function withServer<T>(
  start: StartServer,
  subject: string,
  run: (server: Server, post: Post) => Promise<T>,
): Promise<T> {
  const server = await start(subject);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    return await run(server, () => post(server, agent));
  } finally {
    agent.destroy();
    server.stop();
  }
}

function post({ port, path }: Server, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': BODY.length };
    const call = request({ port, agent, method: 'POST', path, headers }, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`The server answered ${response.statusCode}.`));
      });
    });
    call.on('error', reject).end(BODY);
  });
}

async function posts(count: number, post: Post): Promise<void> {
  let left = count;
  const connection = async () => {
    while (left-- > 0) await post();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
}

/** A server that runs for many rounds. `cost` sends requests, and returns its CPU time in µs per request. */
export interface Started {
  cost(count: number): Promise<number>;
  end(): void;
}

export async function startForRounds(subject: string, observer?: string): Promise<Started> {
  const server = await startStandalone(subject, observer);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  return {
    async cost(count) {
      const cpu = await server.cpu();
      await posts(count, () => post(server, agent));
      return ((await server.cpu()) - cpu) / count;
    },
    end() {
      agent.destroy();
      server.stop();
    },
  };
}

/** Returns the CPU time of the server in µs a request, and the requests a second, under load by 16 connections. */
function load(subject: string): Promise<{ cpu: number; rate: number }> {
  return withServer(startStandalone, subject, async (server, post) => {
    await posts(WARM_UP, post);
    const cpu = await server.cpu();
    const begun = performance.now();
    await posts(MEASURED, post);
    const ms = performance.now() - begun;
    return { cpu: ((await server.cpu()) - cpu) / MEASURED, rate: (MEASURED / ms) * 1000 };
  });
}

export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Returns how long one request takes, in ms, with 2 ms between requests. */
function latency(start: StartServer, subject: string): Promise<Latency> {
  return withServer(start, subject, async (_, post) => {
    await posts(500, post);
    const times: number[] = [];
    for (let i = 0; i < SLOW; i++) {
      const begun = performance.now();
      await post();
      times.push(performance.now() - begun);
      await sleep(2);
    }
    times.sort((a, b) => a - b);
    return {
      p50: times[SLOW >> 1]!,
      p95: times[Math.floor(SLOW * 0.95)]!,
      p99: times[Math.floor(SLOW * 0.99)]!,
    };
  });
}

/** Measures subjects in interleaved rounds, each with a fresh process, in a new order each time. */
async function inRounds<T>(
  subjects: readonly string[],
  rounds: number,
  measure: (subject: string) => Promise<T>,
): Promise<Map<string, T[]>> {
  const results = new Map(subjects.map((subject) => [subject, [] as T[]]));
  for (let round = 0; round < rounds; round++) {
    // Progress is printed because a round takes most of a minute.
    console.error(`${subjects.join(', ')}: round ${round + 1} of ${rounds}`);
    for (const i of shuffled(subjects.length)) results.get(subjects[i]!)!.push(await measure(subjects[i]!));
  }
  return results;
}

/** Procedures whose listeners do nothing, to see what each step costs. `control` is `bare` again. */
const LOADS = ['bare', 'control', 'no-op', 'empty', '1 × 1', '10 × 10'];
const CAPACITY: Record<string, Goal> = { '1 × 1': { atLeast: 0.88 }, '10 × 10': { atLeast: 0.72 } };

export async function* http(rounds: number): AsyncGenerator<Table> {
  const repeats = Math.max(3, Math.round(rounds / 12));
  const loads = await inRounds(LOADS, repeats, (subject) => load(subject === 'control' ? 'bare' : subject));
  const of = (subject: string, what: 'cpu' | 'rate') => loads.get(subject)!.map((result) => result[what]);
  const server = `standalone adapter, ${CONNECTIONS} connections, ${repeats} fresh processes a line`;
  yield {
    title: `CPU of a request, ÷ one with a no-op middleware; ${server}`,
    raw: Object.fromEntries(loads),
    lines: LOADS.map((name) => ({
      name,
      figures: `${interval(of(name, 'cpu')).median.toFixed(0)} µs`,
      ratio: ratioOf(of(name, 'cpu'), of('no-op', 'cpu')),
      goal: name === '1 × 1' ? { atMost: 1.18 } : undefined,
    })),
  };
  yield {
    title: `Requests a second, ÷ bare tRPC; ${server}`,
    raw: 'in the table before',
    lines: LOADS.map((name) => ({
      name,
      figures: interval(of(name, 'rate')).median.toFixed(0),
      ratio: ratioOf(of(name, 'rate'), of('bare', 'rate')),
      goal: CAPACITY[name],
    })),
  };
  yield* withWork(repeats);
}

/** The subjects that need a broker or a database, with the goal of our time divided by theirs. */
const QUEUED = [
  { name: 'BullMQ', words: 'BullMQ: await queue.add', atMost: 0.6 },
  { name: 'pg-boss', words: 'pg-boss: await boss.send', atMost: 0.25 },
  { name: 'graphile-worker', words: 'graphile-worker: await addJob', atMost: undefined },
];

/** Measures calls that are followed by 5 ms of work: how soon they are answered, and how many per second. */
async function* withWork(repeats: number): AsyncGenerator<Table> {
  await using redis = await startRedis();
  await using postgres = await startPostgres();
  process.env['REDIS_URL'] = redis?.url;
  process.env['POSTGRES_URL'] = postgres?.url;
  const queued = QUEUED.filter(({ name }) => (name === 'BullMQ' ? redis : postgres) !== undefined);
  const words: Record<string, string> = {
    bare: 'bare tRPC, nothing follows',
    control: 'the same again, the control',
    'by hand': 'setImmediate, by hand',
    '5 ms': 'trpc-events',
    'awaited inline': 'awaited inline',
    ...Object.fromEntries(queued.map(({ name, words }) => [name, words])),
  };
  const title = 'The time of a response when 5 ms of work follow the call, ÷ bare tRPC, at p50';
  const table = await responseTimes(title, startStandalone, words, repeats, { '5 ms': { atMost: 1.05 } });
  const p50 = (subject: string) => table.raw[subject]!.map((times) => times.p50);
  const compared = queued.map(({ name, atMost }): Line => {
    const ratio = ratioOf(p50('5 ms'), p50(name));
    return {
      name: `trpc-events ÷ ${name}`,
      figures: '',
      ratio,
      goal: atMost === undefined ? undefined : { atMost },
    };
  });
  yield { ...table, lines: [...table.lines, ...compared] };
  const subjects = Object.keys(words);
  const loads = await inRounds(subjects, repeats, (subject) =>
    load(subject === 'control' ? 'bare' : subject),
  );
  const of = (subject: string, what: 'cpu' | 'rate') => loads.get(subject)!.map((result) => result[what]);
  yield {
    title: `Requests a second when 5 ms of work follow the call, ÷ bare tRPC; ${CONNECTIONS} connections`,
    raw: Object.fromEntries(loads),
    lines: subjects.map((subject) => {
      const [rate, cpu] = [interval(of(subject, 'rate')), interval(of(subject, 'cpu'))];
      const figures = `${rate.median.toFixed(0)}, ${cpu.median.toFixed(0)} µs of CPU a request`;
      return { name: words[subject]!, figures, ratio: ratioOf(of(subject, 'rate'), of('bare', 'rate')) };
    }),
  };
}

/** Measures response times. `words` names each subject in the table. The others are divided by `bare`. */
export async function responseTimes(
  title: string,
  start: StartServer,
  words: Readonly<Record<string, string>>,
  repeats: number,
  goals: Readonly<Record<string, Goal>>,
): Promise<Table & { readonly raw: Readonly<Record<string, readonly Latency[]>> }> {
  const results = await inRounds(Object.keys(words), repeats, (subject) =>
    latency(start, subject === 'control' ? 'bare' : subject),
  );
  const of = (subject: string, what: keyof Latency) => results.get(subject)!.map((times) => times[what]);
  const lines = Object.entries(words).map(([subject, name]): Line => {
    const at = (what: keyof Latency) => interval(of(subject, what)).median.toFixed(2);
    return {
      name,
      figures: `p50 ${at('p50')}, p95 ${at('p95')}, p99 ${at('p99')} ms`,
      ratio: ratioOf(of(subject, 'p50'), of('bare', 'p50')),
      goal: goals[subject],
    };
  });
  return { title, lines, raw: Object.fromEntries(results) };
}
