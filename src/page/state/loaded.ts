import type { Signal } from '../signals.ts';
import { get } from './api.ts';

/** The answer of the server, or what went wrong. Neither is there before the server has answered. */
export interface Loaded<T> {
  readonly value?: T;
  /** Why it is not known. */
  readonly problem?: string;
}

/** Asks an endpoint. What was known before stays until it answers, and also if it refuses. */
export async function load<T>(path: string, to: Signal<Loaded<T>>): Promise<void> {
  try {
    to.value = { value: await get<T>(path) };
  } catch (error) {
    to.value = { ...to.peek(), problem: (error as Error).message };
  }
}
