import { isObject } from '../../core/words/guards.ts';
import { type Rule, withMethods } from '../../core/words/options.ts';
import { readResource } from './resource.ts';

const named = (kind: 'topics' | 'subscriptions', what: string, id: string): Rule => ({
  ok: (v) => typeof v === 'string' && readResource(kind, v) !== undefined,
  words: `the name of a ${what}, such as ${id} or projects/my-project/${kind}/${id}`,
});

export const aTopic = named('topics', 'topic', 'orders');
export const aSubscription = named('subscriptions', 'subscription', 'orders-worker');

const anAuth = withMethods(['getProjectId', 'getClient'], 'the auth of a PubSub');

/** A rule for a client that has a method. */
export const aClientWith = (method: 'topic' | 'subscription'): Rule => ({
  ok: (v) => isObject(v) && typeof v[method] === 'function' && anAuth.ok(v['auth']),
  words: 'a PubSub of @google-cloud/pubsub',
});
