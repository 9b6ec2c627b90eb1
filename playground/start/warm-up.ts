import { setTimeout as sleep } from 'node:timers/promises';

const ROUNDS = 3;

/**
 * Waits until the shop answers, and makes its first calls, which are slow because they load code. They belong to no visitor,
 * so no page shows them. If the server ends, this process ends, too.
 */
export async function warmUp(url: string, exited: Promise<number>): Promise<void> {
  void exited.then((code) => process.exit(code));
  while (!(await answers(url))) await sleep(100);
  for (let round = 0; round < ROUNDS; round++) {
    await answers(url);
    // This call is refused because the address is taken, so it changes nothing.
    await post(`${url}/api/trpc/users.signUp?batch=1`, {
      0: { json: { name: 'Ada', email: 'ada@example.org' } },
    });
    await post(`${url}/api/payments`, { order: 'order-1', cents: 1 });
    await post(`${url}/api/newsletter`, { email: 'ada@example.org' });
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'trpc-accept': 'application/jsonl' },
    body: JSON.stringify(body),
  });
  await response.text();
}
