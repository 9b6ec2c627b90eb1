import { signal } from '../signals.ts';

const MOST = 20;
/** The calls that stay, whatever the server forgets. */
export const pins = signal<ReadonlySet<string>>(new Set());

export function isPinned(id: string): boolean {
  return pins.peek().has(id);
}

/** Pins a call, or lets go of it. The oldest pin gives way to the 21st. */
export function togglePin(id: string): void {
  const next = new Set(pins.peek());
  if (!next.delete(id)) next.add(id);
  if (next.size > MOST) next.delete(next.values().next().value!);
  pins.value = next;
}
