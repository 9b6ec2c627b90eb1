import { deepEqual, ok } from 'node:assert/strict';
import { milliseconds } from '../trace/text.ts';
import type { Scene } from './scene.ts';

export const slowListener: Scene = {
  title: 'A slow listener',
  says: 'It takes its time, and the client does not wait for it.',
  async play(stage) {
    await stage.client.users.uploadPhoto.mutate({ userId: 'u1', bytes: 2_400_000 });

    deepEqual(await stage.settled(), ['photo.uploaded → makeThumbnails']);
    const [call] = stage.calls;
    const [run] = stage.runs('makeThumbnails');
    const answered = call!.answers[0]!.at - call!.from;
    const done = run!.to! - call!.from;
    ok(answered < done);
    return `The client was answered after ${milliseconds(answered)} ms; the listener was done after ${milliseconds(done)} ms.`;
  },
};
