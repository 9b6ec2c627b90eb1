import { testEnds } from '../queue/ends.ts';
import { orders } from '../queue/worker.ts';
import { stage } from './worker.ts';

testEnds(new URL('worker-process.ts', import.meta.url).pathname, async () => {
  const scene = await stage();
  const { server, queue } = scene;
  return {
    where: { endpoint: server.endpoint, queueUrl: queue.url },
    get counts() {
      const hidden = queue.messages.filter(({ visibleAt }) => visibleAt > Date.now());
      return { all: queue.messages.length, leased: hidden.length };
    },
    send: (count) => scene.send(orders(count)),
    delivered: () => scene.log('receive').length,
    empty: (timeout) => scene.empty(timeout),
    goAway: () => server.goAway(),
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  };
});
