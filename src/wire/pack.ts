import { capital, subject } from '../core/catalog/schema.ts';
import { isObject } from '../core/words/guards.ts';
import { causeOf } from '../core/words/quote.ts';
import type { Transformer } from './codec.ts';
import { cannotTravel, Inspection } from './inspect.ts';
import { faultOfRevivals } from './revivals.ts';

/** Of a codec. */
export interface Settings {
  readonly transformer: Transformer;
  /** Whether it is the application's own. */
  readonly isOwn: boolean;
  readonly maxValues: number;
}

/** What a transformer made of a value: plain JSON, and what it needs to know to make the value of that. */
export interface Packed {
  readonly json: unknown;
  /** `undefined` where the JSON is the value. */
  readonly meta: unknown;
}

/**
 * Takes a payload (by the name of its event), or meta, apart into plain JSON and the rest.
 *
 * @throws EventsError `NOT_SERIALIZABLE`
 */
export function pack(
  value: unknown,
  name: string | undefined,
  { transformer, isOwn, maxValues }: Settings,
): Packed {
  const what = capital(subject(name));
  const { special, instances } = new Inspection(what, value, maxValues);
  if (special === 0) return { json: value, meta: undefined };
  const [instance] = instances;
  if (instance !== undefined && !isOwn)
    throw cannotTravel(
      what,
      instance,
      'it is an instance of a class: send a plain object, or give cloudEvents a transformer that knows the class',
    );
  let packed: unknown;
  try {
    packed = transformer.serialize(value);
  } catch (error) {
    throw cannotTravel(what, [], `the transformer threw ${causeOf(error)}`);
  }
  if (!isObject(packed) || !('json' in packed))
    throw cannotTravel(what, [], 'the transformer must give { json, meta }, as superjson does');
  const { json } = packed;
  // Where one object stands twice, the JSON has it twice: without this, so has what is made of it.
  const { referentialEqualities, ...meta } = (packed['meta'] ?? {}) as Record<string, unknown>;
  if (referentialEqualities !== undefined && 'dedupe' in transformer && transformer.dedupe === true)
    throw cannotTravel(what, [], 'one object stands at two places, and the transformer has dedupe');
  if (isOwn) assertArrives(what, json, meta, maxValues);
  return { json, meta };
}

/** What an application's own transformer makes may be anything: it is refused here, and not where it arrives. */
function assertArrives(what: string, json: unknown, meta: unknown, maxValues: number): void {
  const { special, instances } = new Inspection(what, json, maxValues);
  const [instance] = instances;
  if (instance !== undefined)
    throw cannotTravel(
      what,
      instance,
      'it is an instance of a class that the transformer does not know by registerCustom',
    );
  if (special > 0) throw cannotTravel(what, [], "the transformer made something of it that JSON can't say");
  const fault = faultOfRevivals(json, meta, true);
  if (fault !== undefined) throw cannotTravel(what, [], `its superjson ${fault}`);
}
