/** Sends three events to a topic by the client that is made from the environment, and has nothing else to do then. */
import { pubsubForwarder } from '../../src/pubsub/index.ts';
import { e } from '../queue/shop.ts';

const bus = e.bus({ handlers: [pubsubForwarder({ topic: process.argv[2]!, linger: 50 })] });
for (const n of [0, 1, 2]) void bus.publish('order.placed', { n });
