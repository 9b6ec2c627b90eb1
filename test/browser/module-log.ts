/**
 * Preloaded by all processes of a shop (`node --import`): writes each module that they load from a folder of node_modules or
 * from dist into the file that `MODULE_LOG` names, after the title of the process.
 */
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const file = process.env['MODULE_LOG']!;

registerHooks({
  load(url, context, next) {
    if (/\/(?:node_modules|dist)\//.test(url)) appendFileSync(file, `${process.argv[1]} ${url}\n`);
    return next(url, context);
  },
});
