/** The application as a Cloudflare Worker. */
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { makeApp, ROUTES } from './app.ts';

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
    if (new URL(req.url).pathname.startsWith(ROUTES)) return app.routes.fetch(req);
    return fetchRequestHandler({ ...app, endpoint: '', req });
  },
};
