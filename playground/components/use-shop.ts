'use client';

import { useQueryClient } from '@tanstack/react-query';
import { TRPCClientError } from '@trpc/client';
import { useSubscription } from '@trpc/tanstack-react-query';
import { useReducer, useState } from 'react';
import { newClick, visitor } from '../story/click.ts';
import type { WorkerState } from '../story/worker-state.ts';
import { useTRPC, useTRPCClient } from '../trpc/client.tsx';
import { actions } from './actions.ts';
import type { ActionId } from './cards.ts';
import { change, type Press } from './press.ts';
import { measureRequest } from './request-time.ts';

export interface Shop {
  readonly last: Press | undefined;
  /** What is known of the worker; nothing at first. */
  readonly worker: WorkerState | undefined;
  /** Whether the story is told: the subscription is open. */
  readonly feed: 'connecting' | 'live' | 'retrying' | 'broken';
  press(action: ActionId): void;
  reconnect(): void;
}

export function useShop(): Shop {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [last, tell] = useReducer(change, undefined);
  const [worker, setWorker] = useState<WorkerState>();
  const subscription = useSubscription(
    trpc.story.follow.subscriptionOptions(
      { visitor },
      {
        onData: ({ data }) =>
          data.kind === 'worker' ? setWorker(data.worker) : tell({ kind: 'told', entry: data }),
      },
    ),
  );

  async function run(action: ActionId): Promise<void> {
    const click = newClick();
    tell({ kind: 'pressed', action, click });
    const request = measureRequest();
    try {
      const says = await actions[action]({
        click,
        client,
        trpc,
        queryClient,
        answered: async (says) => tell({ kind: 'answered', click, ms: await request.took(), says }),
        progress: (done, of) => tell({ kind: 'progress', click, done, of }),
      });
      tell({ kind: 'done', click, ms: await request.took(), says });
    } catch (error) {
      // With data, it is the server's answer; without, there was none.
      const isAnswer = error instanceof TRPCClientError && error.data != null;
      const says = error instanceof Error ? error.message : String(error);
      tell({ kind: isAnswer ? 'refused' : 'broken', click, ms: await request.took(), says });
    }
  }

  return {
    last,
    worker,
    feed: feedOf(subscription),
    press: (action) => void run(action),
    reconnect: subscription.reset,
  };
}

function feedOf({ status, error }: { status: string; error: unknown }): Shop['feed'] {
  if (status === 'pending') return 'live';
  if (status === 'error') return 'broken';
  return error ? 'retrying' : 'connecting';
}
