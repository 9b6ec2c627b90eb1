import { printLine } from '../../core/report/line.ts';
import type { Settings } from '../options.ts';
import type { InspectorState } from '../state.ts';
import { hostOf, isKnownHost } from './hosts.ts';
import type { Mount } from './guard.ts';
import { respond } from './respond.ts';

/** Answers a request of the application's own server. */
export function handle(state: InspectorState, settings: Settings, request: Request): Promise<Response> {
  const { path, allowedHosts } = settings;
  const mount: Mount = {
    base: path,
    isListening: false,
    settings,
    isKnownHost: (host) => isKnownHost(host, allowedHosts),
    admitted: () => announce(state, settings, request),
  };
  return respond(state, request, mount);
}

/** Prints the address once: without its token nothing can be seen. */
function announce(state: InspectorState, { path, authorize }: Settings, request: Request): void {
  if (state.announced === path || authorize !== undefined) return;
  state.announced = path;
  const { protocol } = new URL(request.url);
  printLine(`inspector: ${protocol}//${hostOf(request)}${path}/#token=${state.token}`);
}
