import { makeApp } from './app.ts';
import { burnUntilMarked } from './burn.ts';

export const app = makeApp({ clientHasAnswer: burnUntilMarked(process.env.MATRIX_MARKS) });
