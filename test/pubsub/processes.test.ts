import { testEnds } from '../queue/ends.ts';
import { orders } from '../queue/worker.ts';
import { stage } from './worker.ts';

testEnds(new URL('worker-process.ts', import.meta.url).pathname, async () => {
  const scene = await stage();
  const { server, subscription } = scene;
  return {
    where: { address: server.address },
    get counts() {
      const { waiting, out } = subscription.counts;
      return { all: waiting + out, leased: out };
    },
    send: (count) => scene.send(orders(count)),
    delivered: () => scene.log('deliver').length,
    empty: (timeout) => scene.empty(timeout),
    goAway: () => server.goAway(),
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  };
});
