import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { createTRPCRouter, protectedProcedure, publicProcedure } from './trpc';

const post = createTRPCRouter({
  publish: protectedProcedure.input(z.object({ title: z.string() })).mutation(({ ctx, input }) => {
    const post = { id: ctx.db.posts.length + 1, title: input.title, author: ctx.user };
    ctx.dispatch('post.published', post); // handled after the response
    if (ctx.db.posts.some(({ title }) => title === input.title))
      throw new TRPCError({ code: 'CONFLICT', message: 'There is a post of this title.' }); // drops the event
    ctx.db.posts.push(post);
    return post;
  }),
  log: publicProcedure.query(({ ctx }) => ctx.db.log),
});

export const appRouter = createTRPCRouter({ post });
export type AppRouter = typeof appRouter;
