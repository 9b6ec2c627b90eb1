import type { AnyApp } from '../types/app.ts';
import type { AnyDependencies } from '../types/dependency.ts';
import type { EventRouter, ListenerOptions } from '../types/router.ts';
import { EventsError } from '../words/errors.ts';
import { isObject } from '../words/guards.ts';
import { badArgument } from '../words/options.ts';
import { quote } from '../words/quote.ts';
import { isDependency } from './depends.ts';
import { markRouter, type RouterCore } from './router-core.ts';
import type { Step } from './steps.ts';

/** Makes a view on a router: listeners registered through it run within these steps. */
export function routerView(core: RouterCore, steps: readonly Step[]): EventRouter<AnyApp> {
  const view = {
    name: 'router',
    use(middleware: unknown) {
      if (typeof middleware !== 'function') {
        throw badArgument('.use()', 'a middleware function', middleware);
      }
      return routerView(core, [...steps, { use: middleware as never }]);
    },
    provide(dependencies: unknown) {
      return routerView(core, [...steps, { provide: checkDependencies('.provide()', dependencies) }]);
    },
    on(pattern: unknown, listener: unknown, options?: ListenerOptions) {
      core.register(pattern, listener, options, steps);
      return view;
    },
  };
  markRouter(view, core);
  return view as unknown as EventRouter<AnyApp>;
}

/** @throws EventsError `BAD_OPTION` */
export function checkDependencies(where: string, dependencies: unknown): AnyDependencies {
  if (!isObject(dependencies) || isDependency(dependencies)) {
    throw new EventsError('BAD_OPTION', `${where} takes dependencies by name, such as { repo: getRepo }.`);
  }
  for (const [key, dependency] of Object.entries(dependencies)) {
    if (isDependency(dependency)) continue;
    throw new EventsError(
      'BAD_OPTION',
      `${where}: ${key} is ${quote(dependency)}, and no dependency: make one with e.depends.`,
    );
  }
  return { ...dependencies } as AnyDependencies;
}
