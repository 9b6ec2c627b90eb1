/** Starts an in-memory queue, the web process and the worker in one terminal. On AWS, SQS is the queue. */
import { spawn } from 'node:child_process';
import { startFauxqs } from 'fauxqs';

const queues = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
queues.createQueue('orders');
const endpoint = `http://127.0.0.1:${queues.port}`;
const env = {
  ...process.env,
  QUEUE_URL: `${endpoint}/000000000000/orders`,
  AWS_ENDPOINT_URL_SQS: endpoint,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'example',
  AWS_SECRET_ACCESS_KEY: 'example',
};
const processes = ['web', 'worker'].map((name) => {
  const child = spawn(process.execPath, [`${name}.ts`], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', (text: Buffer) =>
    process.stdout.write(text.toString().replace(/^(?=.)/gm, `${name}: `)),
  );
  return child;
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    const ends = processes.map((child) => new Promise((resolve) => child.once('exit', resolve)));
    for (const child of processes) child.kill('SIGTERM');
    await Promise.all(ends);
    await queues.stop();
  });
}
