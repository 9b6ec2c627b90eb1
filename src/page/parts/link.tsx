import type { ButtonHTMLAttributes } from 'preact';

/** A button that looks like a link. */
export function Link(props: ButtonHTMLAttributes) {
  return <button class="link" {...props} />;
}
