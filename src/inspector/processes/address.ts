import { EventsError } from '../../core/words/errors.ts';

/** The address to which the entries of a process go. */
export interface Address {
  readonly url: string;
  readonly token: string;
}

/** @throws EventsError `BAD_OPTION`, whose message never has the token */
export function readAddress(given: string): Address {
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    throw bad(
      'must be the address that another inspector has printed, such as http://127.0.0.1:4983/#token=…',
    );
  }
  const token = new URLSearchParams(url.hash.slice(1)).get('token') ?? '';
  if (!/^https?:$/.test(url.protocol)) throw bad('must be an address of http or https');
  if (!/^[\w-]{32}$/.test(token))
    throw bad(
      'has no valid token: give the whole address that the other inspector has printed, including #token=…. In .env, put it in quotes, because an unquoted # begins a comment',
    );
  return { url: `${url.origin}${url.pathname.replace(/\/+$/, '')}/api/entries`, token };
}

function bad(why: string): EventsError {
  return new EventsError('BAD_OPTION', `createInspector: forwardTo ${why}.`);
}
