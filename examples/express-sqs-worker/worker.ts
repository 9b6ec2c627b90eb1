import { sqsConsumer } from 'trpc-events/sqs';
import { createContext, e, router } from './listeners.ts';

const bus = e.bus({ handlers: [router], createContext });
// `run` resolves after SIGTERM, when the open poll and all listeners have ended. Short polls make that quick.
await sqsConsumer(bus, { queueUrl: process.env.QUEUE_URL!, waitTimeSeconds: 1 }).run();
