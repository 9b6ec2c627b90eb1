import { scenes } from './scenes/index.ts';
import type { Scene } from './scenes/scene.ts';
import { Stage } from './scenes/stage.ts';
import type { Server } from './server.ts';
import { printCalls, printEvents } from './trace/print.ts';
import { printSpans } from './trace/print-spans.ts';
import { MARGIN, print, printText } from './trace/text.ts';
import { errorText } from './trace/words.ts';

/** Plays all scenes. Returns the titles of those that did not come out as they say. */
export async function play(server: Server): Promise<string[]> {
  const stage = new Stage(server);
  const failed: string[] = [];
  // A server's first call is always slow, so it comes before the scenes.
  await stage.client.outbox.query();
  for (const [i, scene] of scenes.entries()) {
    print([]);
    print([['bold', `${i + 1}  ${scene.title}`]]);
    printText(scene.says, 'dim');
    print([]);
    if (!(await playOne(scene, stage))) failed.push(scene.title);
  }
  print([]);
  if (failed.length === 0) print([['green', `${scenes.length} scenes, each came out as it says.`]]);
  else print([['red', `${failed.length} of ${scenes.length} scenes came out otherwise:`]]);
  for (const title of failed) print([MARGIN, title]);
  print([['dim', 'To call the server yourself: npm run tour -- --serve']]);
  return failed;
}

async function playOne(scene: Scene, stage: Stage): Promise<boolean> {
  stage.clear();
  const start = performance.now();
  let note: string | void = undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    note = await scene.play(stage);
  } catch (error) {
    failure = { error };
  }
  await stage.settled();
  printCalls(stage.calls);
  if (stage.spans.length > 0) printSpans(stage.spans, stage.trace.sentAt);
  else printEvents(stage.trace, stage.calls[0]?.from ?? start);
  if (note !== undefined) {
    print([]);
    printText(note);
  }
  if (failure !== undefined) {
    print([]);
    printText(`It came out otherwise. ${errorText(failure.error)}`, 'red');
  }
  return failure === undefined;
}
