import { batch } from './batch.ts';
import { chain } from './chain.ts';
import { failingListener } from './failing-listener.ts';
import { failure } from './failure.ts';
import { nested } from './nested.ts';
import type { Scene } from './scene.ts';
import { script } from './script.ts';
import { slowListener } from './slow-listener.ts';
import { subscription } from './subscription.ts';
import { success } from './success.ts';
import { tracing } from './tracing.ts';

export const scenes: readonly Scene[] = [
  success,
  failure,
  batch,
  chain,
  nested,
  subscription,
  slowListener,
  failingListener,
  script,
  tracing,
];
