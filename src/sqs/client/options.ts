import { type Rule, withMethods } from '../../core/words/options.ts';
import { addressOf } from './queue-url.ts';

export const aQueueUrl: Rule = {
  ok: (v) => typeof v === 'string' && addressOf(v) !== undefined,
  words: 'the URL of a queue, such as https://sqs.eu-west-1.amazonaws.com/123456789012/orders',
};
export const aClient = withMethods(['send'], 'an SQSClient of @aws-sdk/client-sqs');
