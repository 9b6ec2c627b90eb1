import 'server-only';

import { createCssVariablesTheme, createHighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import typescript from 'shiki/langs/typescript.mjs';

/** Names its colours as custom properties, so that one highlighting serves the light and the dark theme. */
const theme = createCssVariablesTheme({ name: 'shop', variablePrefix: '--code-' });

const highlighter = createHighlighterCore({
  themes: [theme],
  langs: [typescript],
  engine: createJavaScriptRegexEngine(),
});

/** The lines in which the library does its work. */
const WORKS = /\b(?:dispatch|withEvents|middleware|on|(?:sqs|pubsub)(?:Forwarder|Consumer)|run)\(/;

export async function highlight(code: string): Promise<string> {
  const lines = code.split('\n');
  return (await highlighter).codeToHtml(code, {
    lang: 'typescript',
    theme: 'shop',
    tabindex: false, // its lines are wrapped: there is nothing to scroll
    transformers: [
      {
        line(node, number) {
          if (WORKS.test(lines[number - 1] ?? '')) this.addClassToHast(node, 'works');
        },
      },
    ],
  });
}
