/** The arrow before what can be opened. */
export function Twist({ isOpen }: { isOpen: boolean | undefined }) {
  return (
    <svg class="twist" viewBox="0 0 16 16" aria-hidden>
      {isOpen !== undefined && <path d={isOpen ? 'M4 6l4 4 4-4' : 'M6 4l4 4-4 4'} />}
    </svg>
  );
}
