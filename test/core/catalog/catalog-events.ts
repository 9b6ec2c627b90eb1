import { z } from 'zod';
import { defineEvent } from '../../../src/index.ts';

/** A module of definitions, to be imported as a namespace. */
export const userCreated = defineEvent('user.created', z.object({ id: z.string() }));
export const cacheCleared = defineEvent('cache.cleared', z.void());
