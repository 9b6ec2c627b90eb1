import { objectKind } from '../core/catalog/object-kind.ts';
import { capital, subject } from '../core/catalog/schema.ts';
import { isObject } from '../core/words/guards.ts';
import { cannotTravel, Inspection } from './inspect.ts';

/**
 * Refuses values that a reader of plain JSON would get as something else, or not at all. A Date and a URL are fine,
 * because their texts say the same. A key whose value is undefined is fine, because it means the same as a missing one.
 *
 * @throws EventsError `NOT_SERIALIZABLE`
 */
export function assertPlain(payload: unknown, name: string, maxValues: number): void {
  const what = capital(subject(name));
  const { special, instances } = new Inspection(what, payload, maxValues);
  const [instance] = instances;
  if (instance !== undefined)
    throw cannotTravel(what, instance, 'it is an instance of a class: send a plain object');
  const path: PropertyKey[] = [];
  if (special > 0) search(payload);

  function search(value: unknown): void {
    if (typeof value === 'bigint') throw refuse('a bigint', 'a text');
    if (typeof value === 'number' && !Number.isFinite(value)) throw refuse(String(value), 'null');
    if (!isObject(value)) return;
    const kind = objectKind(value);
    if (kind === 'Map') throw refuse('a Map', 'an object, or an array of pairs');
    if (kind === 'Set' || kind === 'typed array') throw refuse(`a ${kind}`, 'an array');
    if (kind !== 'array' && kind !== 'plain') return;
    for (const key of Object.keys(value)) {
      path.push(kind === 'array' ? Number(key) : key);
      const item = value[key];
      if (item === undefined && kind === 'array') throw refuse('undefined, in an array', 'null');
      search(item);
      path.pop();
    }
  }

  function refuse(found: string, better: string): Error {
    return cannotTravel(what, path, `it is ${found}, which JSON can't say: send ${better}`);
  }
}
