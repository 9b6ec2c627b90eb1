import { deepEqual } from 'node:assert/strict';
import { openTelemetry } from '../../../src/otel/index.ts'; // 'trpc-events/otel' in your project
import { bus } from '../bus.ts';
import { db } from '../db.ts';
import { outline, recordSpans } from '../trace/spans.ts';
import type { Scene } from './scene.ts';

export const tracing: Scene = {
  title: 'A trace',
  says: 'What OpenTelemetry is told: spans that lead from the procedure past its response.',
  async play(stage) {
    const [id = ''] = db.users.keys();
    using spans = recordSpans();
    const detach = bus.observe(openTelemetry());
    try {
      await stage.client.users.remove.mutate({ id });
      await stage.settled();
    } finally {
      detach();
    }
    stage.spans = spans.roots;

    deepEqual(outline(spans.roots), [
      'mutation users.remove',
      '  create user.removed',
      '    audit user.removed',
      '    ✗ tellCrm user.removed',
      '    mailGoodbye user.removed',
      '      create mail.sent',
      '        countMail mail.sent',
    ]);
    return 'To see such traces in a viewer, across processes: docs/observability.md has the command.';
  },
};
