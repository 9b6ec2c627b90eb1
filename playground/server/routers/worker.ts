import { plainProcedure, router } from '../trpc.ts';
import { worker as process } from '../worker/worker-process.ts';

export const worker = router({
  start: plainProcedure.mutation(() => process.start()),
  stop: plainProcedure.mutation(() => process.stop()),
});
