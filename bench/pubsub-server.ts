/** A Pub/Sub server that accepts each publish request at once, in its own process, so that its CPU time is not counted. */
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { Publisher } from '../test/servers/pubsub/protos.ts';

const server = new Server({ 'grpc.max_receive_message_length': 32 * 2 ** 20 });
server.addService(Publisher.service, {
  publish(
    { request }: ServerUnaryCall<{ readonly messages: readonly unknown[] }, object>,
    answer: sendUnaryData<object>,
  ) {
    answer(null, { messageIds: request.messages.map((_, i) => String(i)) });
  },
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, port) => process.send!(port));
process.on('disconnect', () => process.exit());
