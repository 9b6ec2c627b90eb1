import type { Recipe } from '../recipe.ts';
import { fanOut, loop } from './chains.ts';
import { closing } from './closing.ts';
import { failingListeners } from './failing-listeners.ts';
import { goneClients } from './gone-clients.ts';
import { kill } from './kill.ts';
import { rollbackStorm } from './rollback-storm.ts';
import { selfCaller } from './self-caller.ts';
import { sigterm } from './sigterm.ts';
import { slowListener } from './slow-listener.ts';

export const RECIPES: readonly Recipe[] = [
  sigterm,
  kill,
  goneClients,
  failingListeners,
  loop,
  fanOut,
  slowListener,
  rollbackStorm,
  selfCaller,
  closing,
];
