'use client';

import { useQueryClient } from '@tanstack/react-query';
import { TRPCClientError } from '@trpc/client';
import { useSubscription } from '@trpc/tanstack-react-query';
import { useMemo, useReducer, useState } from 'react';
import { Story, type Call } from 'trpc-events/inspector/story';
import { callsByClick } from '../story/calls-of.ts';
import { newClick, visitor } from '../story/click.ts';
import type { WorkerState } from '../story/worker-state.ts';
import { useTRPC, useTRPCClient } from '../trpc/client.tsx';
import { actions } from './actions.ts';
import type { ActionId } from './cards.ts';
import { change, KEPT, NO_PRESSES, type Presses } from './press.ts';
import { measureRequest } from './request-time.ts';

/** The number of calls to keep. A press makes at most three, and a delivery counts as one until its sender is known. */
const MOST_CALLS = 4 * KEPT;

export interface Shop {
  readonly presses: Presses;
  /** The calls that the server reported for each press, by its click. */
  readonly calls: ReadonlyMap<string, readonly Call[]>;
  /** The last known state of the worker. Undefined at first. */
  readonly worker: WorkerState | undefined;
  /** The state of the subscription that tells the story. */
  readonly feed: 'connecting' | 'live' | 'retrying' | 'broken';
  press(action: ActionId): void;
  /** Shows the story of an earlier press. */
  show(click: string): void;
  reconnect(): void;
}

export function useShop(): Shop {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [presses, tell] = useReducer(change, NO_PRESSES);
  const [story] = useState(() => new Story());
  const [worker, setWorker] = useState<WorkerState>();
  const subscription = useSubscription(
    trpc.story.follow.subscriptionOptions(
      { visitor },
      {
        onData({ data }) {
          if (data.kind === 'worker') return setWorker(data.worker);
          story.add(data.entry);
          for (const { id } of story.calls.slice(0, -MOST_CALLS)) story.forget(id);
          tell({ kind: 'told', at: data.entry.at });
        },
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
      // An error with data is the server's answer. Without data, there was no answer.
      const isAnswer = error instanceof TRPCClientError && error.data != null;
      const says = error instanceof Error ? error.message : String(error);
      tell({ kind: isAnswer ? 'refused' : 'broken', click, ms: await request.took(), says });
    }
  }

  const { told } = presses;
  // The story changes in place, so `told` has to say when it did.
  const calls = useMemo(() => callsByClick(story), [story, told]);
  return {
    presses,
    calls,
    worker,
    feed: feedOf(subscription),
    press: (action) => void run(action),
    show: (click) => tell({ kind: 'shown', click }),
    reconnect: subscription.reset,
  };
}

function feedOf({ status, error }: { status: string; error: unknown }): Shop['feed'] {
  if (status === 'pending') return 'live';
  if (status === 'error') return 'broken';
  return error ? 'retrying' : 'connecting';
}
