/** Serves the application with one adapter, in the runtime at hand: `serve.ts ADAPTER MARKS [res on ctx]`. */
import { makeApp } from './app.ts';
import { burnUntilMarked } from './burn.ts';
import type { Serve } from './adapters/adapter.ts';

const [, , adapter, marks, context] = process.argv as [string, string, string, string, string?];
const { serve } = (await import(`./adapters/${adapter}.ts`)) as { serve: Serve };
const host = { clientHasAnswer: burnUntilMarked(marks), givesResponse: context === 'res on ctx' };
const url = await serve(makeApp(host));
console.log(`serves ${url}`);
