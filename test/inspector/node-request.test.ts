import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { answerNode } from '../../src/inspector/serve/node-request.ts';

test('A slow reader of a long answer leaves no listeners behind.', async () => {
  const counts: number[] = [];
  const server = createServer((request, response) => {
    let left = 60;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          counts.push(response.listenerCount('close') + response.listenerCount('drain'));
          if (left-- === 0) controller.close();
          else controller.enqueue(new Uint8Array(256 * 1024));
        },
      },
      { highWaterMark: 0 },
    );
    void answerNode(request, response, () => Promise.resolve(new Response(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let bytes = 0;
  await new Promise<void>((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent: false }, (response) => {
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        response.pause();
        setTimeout(() => response.resume(), 1);
      });
      response.on('end', resolve);
    }).on('error', reject);
  });
  expect(bytes).toBe(60 * 256 * 1024);
  expect(Math.max(...counts)).toBeLessThan(counts[0]! + 3);
  await new Promise((resolve) => server.close(resolve));
});
