'use client';

import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../trpc/client.tsx';
import styles from './rating.module.css';

/** Shows the rating. The review card fetches this query again after its call. */
export function Rating() {
  const { data, isError, refetch } = useQuery(useTRPC().reviews.rating.queryOptions());
  if (isError)
    return (
      <p className={styles.rating}>
        The rating could not be fetched. <button onClick={() => void refetch()}>Try again</button>
      </p>
    );
  return (
    <p className={styles.rating} data-rating={data?.reviews}>
      The teapot: <b>{data ? data.average.toFixed(2) : '…'}</b> of 5 stars, from{' '}
      <b>{data ? data.reviews : '…'}</b> reviews
    </p>
  );
}
