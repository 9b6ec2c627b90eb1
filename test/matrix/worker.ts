/** The application as a Cloudflare Worker. */
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { makeApp } from './app.ts';

interface Environment {
  /** The URL of a server that answers when the client has its whole answer, because a Worker can't read files. */
  readonly MARKS: string;
}
let marks: string;
const app = makeApp({
  clientHasAnswer: async (id) => (await (await fetch(`${marks}/${id}`)).text()) === 'true',
});

export default {
  fetch(req: Request, { MARKS }: Environment): Promise<Response> {
    marks = MARKS;
    return fetchRequestHandler({ ...app, endpoint: '', req });
  },
};
