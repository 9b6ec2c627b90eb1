import { EventsError } from '../../src/index.ts';
import { collector, e, untyped } from './shop.ts';

/** Returns the messages of the errors that the attempts throw, reject with or resolve to, each on a line. */
export async function messagesOf(...attempts: (() => unknown)[]): Promise<string> {
  const lines: string[] = [];
  for (const attempt of attempts) {
    let error: unknown;
    try {
      error = await attempt();
    } catch (thrown) {
      error = thrown;
    }
    if (!(error instanceof EventsError)) throw new Error(`no EventsError: ${String(error)}`);
    lines.push(`${error.code}  ${error.message.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>')}`);
  }
  return `\n${lines.join('\n')}\n`;
}
/** Makes a bus with any options, including options that its types refuse. */
export const bus = (options: object = {}) => untyped(e.bus)({ handlers: [collector().handler], ...options });
