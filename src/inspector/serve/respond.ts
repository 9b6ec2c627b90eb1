import type { InspectorState } from '../state.ts';
import { readValue } from '../../story/value.ts';
import { clear, publish, redeliver } from './actions.ts';
import { answer, json, NOT_FOUND, Refusal } from './answers.ts';
import { asCode, asJson } from './as-code.ts';
import { entriesStream } from './entries-stream.ts';
import { guard, type Mount } from './guard.ts';
import { isPagePath, pageFile } from './page-files.ts';
import { readJson } from './read-json.ts';
import { asyncApiOf, wiringOf } from './wiring.ts';

const LONGEST_SEARCH = 200;
const ENTRIES = 'api/entries';
const ACTIONS = { 'api/redeliver': redeliver, 'api/publish': publish, 'api/clear': clear } as const;

/** Answers a request. Never rejects. */
export async function respond(state: InspectorState, request: Request, mount: Mount): Promise<Response> {
  try {
    const url = new URL(request.url);
    const path = below(mount.base, url.pathname);
    const isPage = isPagePath(path);
    await guard(() => state.token, request, mount, isPage ? 'page' : path === ENTRIES ? 'processes' : 'api');
    if (path === undefined) throw NOT_FOUND;
    if (isPage) return only(request, 'GET') && (await pageFile(path, mount.base));
    return await route(state, request, mount, path, url.searchParams);
  } catch (error) {
    return error instanceof Refusal ? error.answer() : new Refusal(500, 'The inspector has failed.').answer();
  }
}

/** Returns the path below the base. A slash at its end makes no difference, because frameworks add or remove it. */
function below(base: string, path: string): string | undefined {
  const whole = path.endsWith('/') ? path : `${path}/`;
  return whole.startsWith(`${base}/`) ? whole.slice(base.length + 1, -1) : undefined;
}

async function route(
  state: InspectorState,
  request: Request,
  mount: Mount,
  path: string,
  query: URLSearchParams,
): Promise<Response> {
  if (Object.hasOwn(ACTIONS, path)) {
    only(request, 'POST');
    if (!mount.settings.actions) throw new Refusal(403, 'The option actions is false.');
    return ACTIONS[path as keyof typeof ACTIONS](state, await readJson(request));
  }
  if (path === ENTRIES && request.method === 'POST') {
    const redeliver = state.processes.receive(await readJson(request));
    if (redeliver === undefined) throw new Refusal(400, 'These are no entries of a process.');
    return json({ redeliver });
  }
  if (path === ENTRIES) {
    only(request, 'GET');
    const after = query.get('after') ?? undefined;
    const signals = [request.signal, ...(mount.ending === undefined ? [] : [mount.ending])];
    const stream = entriesStream(state, { after, isOnce: query.has('once'), signals, ...mount.settings });
    return answer(stream, 'application/x-ndjson');
  }
  if (path === 'api/asyncapi') return only(request, 'GET') && asyncApiOf(state, query.get('bus'));
  if (path === 'api/wiring') return only(request, 'GET') && json(wiringOf(state));
  if (path === 'api/search') return only(request, 'GET') && json(search(state, query.get('payload') ?? ''));
  if (path.startsWith('api/events/')) return only(request, 'GET') && json(eventOf(state, path.slice(11)));
  throw NOT_FOUND;
}

function only({ method }: Request, allowed: string): true {
  if (method === allowed) return true;
  throw new Refusal(405, `This takes only ${allowed}.`, { allow: allowed });
}

/** Returns the ids of the events whose payload has a text, as it is or as JSON writes it. */
function search({ memory }: InspectorState, text: string): object {
  if (text === '' || text.length > LONGEST_SEARCH) {
    throw new Refusal(400, `payload must have from 1 to ${LONGEST_SEARCH} characters.`);
  }
  const wanted = folded(text);
  const events: string[] = [];
  for (const [id, { text }] of memory.payloads()) {
    if (folded(text).includes(wanted) || (text.includes('\\') && folded(unescaped(text)).includes(wanted)))
      events.push(id);
  }
  return { events };
}

/** Returns a text as it is compared. A letter and its accent may be one character or two, so they become one. */
function folded(text: string): string {
  return text.toLowerCase().normalize('NFC');
}

function unescaped(json: string): string {
  return json.replaceAll(/\\(?:u[\da-f]{4}|.)/gi, (escape) => JSON.parse(`"${escape}"`) as string);
}

function eventOf({ memory, failed, processes }: InspectorState, path: string): object {
  let id: string;
  try {
    id = decodeURIComponent(path);
  } catch {
    throw NOT_FOUND;
  }
  const payload = memory.payloadOf(id);
  if (payload === undefined) throw new Refusal(404, 'The payload of this event is not kept.');
  const value = readValue(payload.text) ?? null;
  return {
    event: id,
    payload: payload.text,
    json: asJson(value),
    code: asCode(value),
    isCut: payload.isCut,
    canRedeliver: failed.has(id) || processes.knows(id),
  };
}
