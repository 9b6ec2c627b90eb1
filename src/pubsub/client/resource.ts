/** A topic or a subscription, by its name. */
export interface Resource {
  readonly id: string;
  /** The project, if the name says it. */
  readonly project: string | undefined;
}

const ID = /^(?!goog)[A-Za-z][\w.~+%-]{2,254}$/;

/** Reads a name such as `orders` or `projects/my-project/topics/orders`. Returns `undefined` if it is not one. */
export function readResource(kind: 'topics' | 'subscriptions', name: string): Resource | undefined {
  const parts = name.split('/');
  const id = parts.at(-1)!;
  if (!ID.test(id)) return undefined;
  if (parts.length === 1) return { id, project: undefined };
  const [projects, project, kinds] = parts;
  const isFull = parts.length === 4 && projects === 'projects' && project !== '' && kinds === kind;
  return isFull ? { id, project } : undefined;
}

/** Returns the full name of a topic or a subscription. */
export function fullName(kind: 'topics' | 'subscriptions', { id, project }: Resource, own: string): string {
  return `projects/${project ?? own}/${kind}/${id}`;
}
