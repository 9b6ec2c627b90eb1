import { afterAll, describe, it } from 'vitest';
import { CASES } from './pubsub/conformance/cases.ts';
import { Driver } from './pubsub/conformance/driver.ts';
import { Emulator, missingEmulator } from './pubsub/emulator.ts';

describe.concurrent("Google's emulator, by another author", () => {
  let started: Promise<Emulator> | undefined;
  afterAll(async () => (await started)?.[Symbol.asyncDispose]());

  for (const { name, emulator, run } of CASES) {
    const reason = missingEmulator ?? emulator;
    it.skipIf(reason !== undefined)(
      reason === undefined ? name : `${name} (skipped: ${reason})`,
      async () => {
        started ??= Emulator.start();
        await using driver = new Driver((await started).client());
        await run(driver);
      },
      60_000,
    );
  }
});
