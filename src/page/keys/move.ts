/** Returns where a key leads in a list of rows, or `undefined` if it leads nowhere. */
export function moveIn(event: KeyboardEvent, at: number, count: number, page: number): number | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey || count === 0) return undefined;
  const within = (to: number) => Math.min(Math.max(to, 0), count - 1);
  switch (event.key) {
    case 'ArrowDown':
    case 'j':
      return within(at + 1);
    case 'ArrowUp':
    case 'k':
      return within(at - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'PageDown':
      return within(at + page);
    case 'PageUp':
      return within(at - page);
    default:
      return undefined;
  }
}
