'use client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTRPC } from '~/trpc/react';

export default function Page() {
  const trpc = useTRPC();
  const log = useQuery(trpc.post.log.queryOptions(undefined, { refetchInterval: 500 }));
  const publish = useMutation(trpc.post.publish.mutationOptions());
  return (
    <form action={(form) => publish.mutate({ title: form.get('title') as string })}>
      <input name="title" aria-label="Title" defaultValue="Hello" /> <button>Publish</button>
      <p>{publish.error?.message ?? (publish.data && `Published as post ${publish.data.id}.`)}</p>
      <pre>{log.data?.join('\n')}</pre>
    </form>
  );
}
