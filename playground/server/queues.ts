/** The queues between the shop and its worker. `npm run playground` names them; without them, the shop does everything. */
const { SQS_QUEUE_URL: orders, SQS_QUEUE_URL_REPLIES: replies } = process.env;

export const queues = orders && replies ? { orders, replies } : undefined;
