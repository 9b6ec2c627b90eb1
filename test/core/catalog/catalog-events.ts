import { z } from 'zod';
import { defineEvent } from '../../../src/index.ts';

/** Event definitions in a module of their own, because the test imports them as a namespace. */
export const userCreated = defineEvent('user.created', z.object({ id: z.string() }));
export const cacheCleared = defineEvent('cache.cleared', z.void());
