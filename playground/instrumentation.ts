/** Before the first request, so that its response is seen too; and flushes can be given to Next's `after`. */
import 'trpc-events/next';
