import { orders } from './routers/orders.ts';
import { products } from './routers/products.ts';
import { reviews } from './routers/reviews.ts';
import { story } from './routers/story.ts';
import { users } from './routers/users.ts';
import { worker } from './routers/worker.ts';
import { router } from './trpc.ts';

export const appRouter = router({ orders, products, reviews, story, users, worker });
export type AppRouter = typeof appRouter;
