import type { Recipe } from '../recipe.ts';
import { fanOut, loop } from './chains.ts';
import { closing } from './closing.ts';
import { failingListeners } from './failing-listeners.ts';
import { rollbackStorm } from './rollback-storm.ts';
import { selfCaller } from './self-caller.ts';
import { slowListener } from './slow-listener.ts';

export const RECIPES: readonly Recipe[] = [
  failingListeners,
  loop,
  fanOut,
  slowListener,
  rollbackStorm,
  selfCaller,
  closing,
];
