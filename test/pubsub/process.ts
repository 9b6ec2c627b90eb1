/** Sends three events to a topic with a client that is made from the environment, and then has nothing else to do. */
import { pubsubForwarder } from '../../src/pubsub/index.ts';
import { e } from '../queue/shop.ts';

const bus = e.bus({ handlers: [pubsubForwarder({ topic: process.argv[2]!, linger: 50 })] });
for (const n of [0, 1, 2]) void bus.publish('order.placed', { n });
