import { capital, subject } from '../core/catalog/schema.ts';
import { copyPayload } from '../core/catalog/snapshot.ts';
import { isObject, memberOf } from '../core/words/guards.ts';
import { causeOf } from '../core/words/quote.ts';
import type { Transformer } from './codec.ts';
import { cannotTravel, Inspection } from './inspect.ts';
import { faultOfRevivals } from './revivals.ts';

/** The settings of a codec, defaults included. */
export interface Settings {
  readonly transformer: Transformer;
  /** True if the transformer is the application's own. */
  readonly isOwn: boolean;
  readonly maxValues: number;
}

/** The output of a transformer: plain JSON, and the data that turns it back into the value. */
export interface Packed {
  readonly json: unknown;
  /** `undefined` if the JSON is the value itself. */
  readonly meta: unknown;
}

/**
 * Splits a payload (`name` is its event), or meta (without `name`), into plain JSON and the data to revive it.
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
    // superjson doesn't recognize a Date, Map or Set of another realm, so it gets a copy that is made in this one.
    packed = transformer.serialize(copyPayload(value, name));
  } catch (error) {
    throw cannotTravel(what, [], `the transformer threw ${causeOf(error)}`);
  }
  if (!isObject(packed) || !Object.hasOwn(packed, 'json'))
    throw cannotTravel(what, [], 'the transformer must give { json, meta }, as superjson does');
  const { json } = packed;
  // The JSON repeats an object that occurs twice. Without `referentialEqualities`, decoding makes two of it.
  const { referentialEqualities, ...meta } = (memberOf(packed, 'meta') ?? {}) as Record<string, unknown>;
  if (referentialEqualities !== undefined && 'dedupe' in transformer && transformer.dedupe === true)
    throw cannotTravel(what, [], 'one object stands at two places, and the transformer has dedupe');
  if (isOwn) assertArrives(what, json, meta, maxValues);
  return { json, meta };
}

/** Checks the output of the application's own transformer, so that a bad one is refused here, and not where it arrives. */
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
