import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const CONNECTIONS = 16;
const WARM_UP = 4000;
const MEASURED = 10_000;
const SLOW = 300;

/** The result of one server process. */
interface Load {
  /** CPU time of the server, in µs a request. */
  readonly cpu: number;
  /** Requests a second. */
  readonly rate: number;
}

/** Runs a function against a server process of its own: idle processes beside it would change its figures. */
async function withServer<T>(
  subject: string,
  run: (server: ChildProcess, post: Post) => Promise<T>,
): Promise<T> {
  const server = fork(join(import.meta.dirname, 'http-server.ts'), [subject]);
  const [port] = (await once(server, 'message')) as [number];
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    return await run(server, () => post(port, agent));
  } finally {
    agent.destroy();
    server.kill();
  }
}

type Post = () => Promise<void>;
const BODY = JSON.stringify({ id: 'u1' });

function post(port: number, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': BODY.length };
    const call = request({ port, agent, method: 'POST', path: '/create', headers }, (response) => {
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

async function cpuOf(server: ChildProcess): Promise<number> {
  server.send('cpu');
  const [{ user, system }] = (await once(server, 'message')) as [NodeJS.CpuUsage];
  return user + system;
}

/** Loads a server with 16 connections. */
export function load(subject: string): Promise<Load> {
  return withServer(subject, async (server, post) => {
    await posts(WARM_UP, post);
    const cpu = await cpuOf(server);
    const start = performance.now();
    await posts(MEASURED, post);
    const ms = performance.now() - start;
    return { cpu: ((await cpuOf(server)) - cpu) / MEASURED, rate: (MEASURED / ms) * 1000 };
  });
}

/** Starts a server, and returns what sends it `count` requests and tells its CPU time in µs a request; and what ends it. */
export async function start(...subject: readonly string[]): Promise<Started> {
  const server = fork(join(import.meta.dirname, 'http-server.ts'), subject);
  const [port] = (await once(server, 'message')) as [number];
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const cost = async (count: number) => {
    const cpu = await cpuOf(server);
    await posts(count, () => post(port, agent));
    return ((await cpuOf(server)) - cpu) / count;
  };
  const end = () => {
    agent.destroy();
    server.kill();
  };
  return { cost, end };
}
export interface Started {
  cost(count: number): Promise<number>;
  end(): void;
}

/** Measures how long one request takes, with 2 ms between requests: the median, in ms. */
export function latency(subject: string): Promise<number> {
  return withServer(subject, async (_, post) => {
    await posts(500, post);
    const times: number[] = [];
    for (let i = 0; i < SLOW; i++) {
      const start = performance.now();
      await post();
      times.push(performance.now() - start);
      await sleep(2);
    }
    return times.sort((a, b) => a - b)[SLOW >> 1]!;
  });
}
