/**
 * `npm run bench` prints the costs of calls, of events beside other libraries, of HTTP responses, of forwarders, of
 * OpenTelemetry, of the inspector, of types, memory and start-up, and what grows with what.
 *
 * `npm run bench -- 200` runs 200 rounds: more rounds make the confidence intervals narrower. `npm run bench -- 60 calls`
 * runs one part. `--json results.json` also writes all samples, and `--write` also writes the tables of these parts to
 * docs/benchmarks.md and the pages below it.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { calls } from './calls.ts';
import { emitters } from './emitters.ts';
import { growth } from './growth.ts';
import { http } from './http.ts';
import { inspector } from './inspector.ts';
import { memory } from './memory.ts';
import { next } from './next.ts';
import { otel } from './otel.ts';
import { pubsubCosts } from './pubsub.ts';
import { queueCosts } from './queue.ts';
import { startup } from './startup.ts';
import { show, write, type Table } from './report.ts';
import { types } from './types.ts';

const PARTS: Record<string, (rounds: number) => AsyncGenerator<Table>> = {
  calls,
  emitters,
  http,
  next,
  growth,
  inspector,
  async *queue(rounds) {
    yield await queueCosts(rounds);
    yield await pubsubCosts(rounds);
  },
  memory,
  types,
  startup,
  otel,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, write: { type: 'boolean' } },
});
const rounds = Number(positionals[0] ?? 60);
const chosen = positionals[1] ?? Object.keys(PARTS);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`The rounds must be a number, not ${positionals[0]}.`);

console.log(
  `Node ${process.version}, ${rounds} rounds; ratios are medians, with their 95 % confidence intervals`,
);
const raw: Record<string, readonly Table[]> = {};
for (const part of [chosen].flat()) {
  const run = PARTS[part];
  if (run === undefined)
    throw new Error(`There is no part "${part}", only ${Object.keys(PARTS).join(', ')}.`);
  const tables: Table[] = [];
  for await (const table of run(rounds)) {
    console.log(`\n${show(table)}`);
    tables.push(table);
  }
  raw[part] = tables;
  if (values.write) write(part, `npm run bench -- ${rounds} ${part}`, tables);
}
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ node: process.version, rounds, raw })}\n`);
// The process has to be ended, because the clients of brokers and exporters may hold timers.
process.exit();
