/**
 * Preloaded by a process (`node --import`): replaces the repo's OpenTelemetry with that of test/otel/sdk-2, which is API 1.9
 * with SDK 2. `OTEL_COPY` says for whom: `src` for only the package, `app` for everything but the package. The others keep
 * API 1.10 with SDK 3.
 */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const repo = pathToFileURL(join(import.meta.dirname, '../../..')).href;
const copy = process.env['OTEL_COPY'];
const users = [...(copy === 'app' ? [] : [`${repo}/src/`]), ...(copy === 'src' ? [] : [`${repo}/test/`])];
const parentURL = pathToFileURL(join(import.meta.dirname, '../sdk-2/index.js')).href;

registerHooks({
  resolve(name, context, next) {
    const isOurs =
      name.startsWith('@opentelemetry/') &&
      context.parentURL?.includes('/node_modules/') === false &&
      users.some((folder) => context.parentURL!.startsWith(folder));
    return next(name, isOurs ? { ...context, parentURL } : context);
  },
});
