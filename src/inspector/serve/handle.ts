import { printLine } from '../../core/report/line.ts';
import type { InspectorState } from '../state.ts';
import { hostOf, isKnownHost } from './hosts.ts';
import type { Mount } from './guard.ts';
import { respond } from './respond.ts';

/** Answers a request of the application's own server. */
export function handle(state: InspectorState, request: Request): Promise<Response> {
  const { path, allowedHosts } = state.settings;
  const mount: Mount = {
    base: path,
    isListening: false,
    isKnownHost: (host) => isKnownHost(host, allowedHosts),
    admitted: () => announce(state, request),
  };
  return respond(state, request, mount);
}

/** Prints the address once: without its token nothing can be seen. */
function announce(state: InspectorState, request: Request): void {
  if (state.isAnnounced || state.settings.authorize !== undefined) return;
  state.isAnnounced = true;
  const { protocol } = new URL(request.url);
  printLine(`inspector: ${protocol}//${hostOf(request)}${state.settings.path}/#token=${state.token}`);
}
