import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { makeBus, type Context } from './listeners.ts';
import { makeRouter } from './router.ts';

const createContext = (): Context => ({
  sendMail: async (to, text) => console.log(`mail to ${to}: ${text}`),
  log: console.log,
});
const bus = makeBus(createContext);
const server = createHTTPServer({ router: makeRouter(bus), createContext });
const port = Number(process.env.PORT ?? 3000);
server.listen(port, () => console.log(`http://localhost:${port}`));

// A deploy sends SIGTERM. Listeners that are running get ten seconds to end.
process.once('SIGTERM', async () => {
  server.close();
  await bus.close({ timeout: 10_000 });
});
