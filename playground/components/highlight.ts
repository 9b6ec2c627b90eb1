import 'server-only';

import { createCssVariablesTheme, createHighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import typescript from 'shiki/langs/typescript.mjs';

/** The theme names its colors as custom properties, so that the same HTML serves light and dark mode. */
const theme = createCssVariablesTheme({ name: 'shop', variablePrefix: '--code-' });

const highlighter = createHighlighterCore({
  themes: [theme],
  langs: [typescript],
  engine: createJavaScriptRegexEngine(),
});

/** Matches the lines that use the library, which stand out in an excerpt. */
const WORKS = /\b(?:dispatch|withEvents|middleware|on|(?:sqs|pubsub)(?:Forwarder|Consumer)|run)\(/;

export async function highlight(code: string): Promise<string> {
  const lines = code.split('\n');
  return (await highlighter).codeToHtml(code, {
    lang: 'typescript',
    theme: 'shop',
    tabindex: false, // long lines wrap, except on a narrow screen, so the keyboard has nothing to scroll
    transformers: [
      {
        line(node, number) {
          if (WORKS.test(lines[number - 1] ?? '')) this.addClassToHast(node, 'works');
        },
      },
    ],
  });
}
