/** The calls by which a procedure gives a job to a queue that survives a crash. */
import { load } from './load.ts';

/** Gives a job to a queue, and resolves when the queue has it. */
export type Enqueue = (data: object) => Promise<unknown>;

interface BullMq {
  readonly Queue: new (
    name: string,
    options: object,
  ) => { add(name: string, data: object): Promise<unknown> };
}
interface PgBoss {
  readonly PgBoss: new (url: string) => {
    start(): Promise<unknown>;
    createQueue(name: string): Promise<unknown>;
    send(name: string, data: object): Promise<unknown>;
  };
}
interface Graphile {
  makeWorkerUtils(options: object): Promise<{
    migrate(): Promise<void>;
    addJob(name: string, data: object): Promise<unknown>;
  }>;
}

export const QUEUES: Record<string, (urls: { redis: string; postgres: string }) => Promise<Enqueue>> = {
  async BullMQ({ redis }) {
    const { Queue } = await load<BullMq>('bullmq');
    const queue = new Queue('bench', { connection: { url: redis } });
    return (data) => queue.add('user.created', data);
  },
  async 'pg-boss'({ postgres }) {
    const { PgBoss } = await load<PgBoss>('pg-boss');
    const boss = new PgBoss(postgres);
    await boss.start();
    await boss.createQueue('bench');
    return (data) => boss.send('bench', data);
  },
  async 'graphile-worker'({ postgres }) {
    const { makeWorkerUtils } = await load<Graphile>('graphile-worker');
    const jobs = await makeWorkerUtils({ connectionString: postgres });
    await jobs.migrate();
    return (data) => jobs.addJob('bench', data);
  },
};
