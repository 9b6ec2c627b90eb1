import { expectTypeOf, test } from 'vitest';
import type { EventForwarder } from '../../src/index.ts';
import type { ReceiverOptions } from '../../src/queue/index.ts';
import type { SqsConsumerOptions, SqsForwarderOptions } from '../../src/sqs/index.ts';
import {
  cloudEvents,
  eventBridge,
  fastapiEvents,
  snsNotification,
  type BrokerMessage,
  type Codec,
  type Envelope,
} from '../../src/wire/index.ts';

test('Each codec is one that forwarders, consumers and receivers take.', () => {
  expectTypeOf(snsNotification()).toEqualTypeOf<Codec>();
  expectTypeOf(eventBridge()).toEqualTypeOf<Codec>();
  expectTypeOf(fastapiEvents()).toEqualTypeOf<Codec>();
  expectTypeOf<Codec>().toExtend<NonNullable<EventForwarder['codec']>>();
  expectTypeOf<Codec>().toExtend<NonNullable<SqsForwarderOptions['codec']>>();
  expectTypeOf<Codec>().toExtend<NonNullable<SqsConsumerOptions['codec']>>();
  expectTypeOf<Codec>().toExtend<NonNullable<ReceiverOptions['codec']>>();
});

test('Codecs nest, and one of the application may be within.', () => {
  snsNotification(cloudEvents({ source: '/shop' }));
  snsNotification(eventBridge());
  snsNotification({ encode: ({ name }) => name, decode: () => ({ id: '1', name: 'a', time: new Date() }) });
  // @ts-expect-error options of cloudEvents are not a codec
  snsNotification({ source: '/shop' });
  // @ts-expect-error the function is not the codec: it must be called
  eventBridge(cloudEvents);
  // @ts-expect-error it has no options
  fastapiEvents({ source: '/shop' });
});

test('decode takes what the broker knows.', () => {
  expectTypeOf(fastapiEvents().decode).parameter(0).toEqualTypeOf<string>();
  expectTypeOf(fastapiEvents().decode).parameter(1).toEqualTypeOf<BrokerMessage | undefined>();
  expectTypeOf(fastapiEvents().decode).returns.toEqualTypeOf<Envelope>();
  // @ts-expect-error an id is a text
  fastapiEvents().decode('[]', { id: 7 });
});

test('`lossy` is a choice of the codec.', () => {
  expectTypeOf<Codec['lossy']>().toEqualTypeOf<boolean | undefined>();
  // @ts-expect-error it is true or false
  const codec: Codec = { ...cloudEvents(), lossy: 'yes' };
  void codec;
});
