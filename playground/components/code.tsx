import type { ExcerptOf } from './cards.ts';
import styles from './code.module.css';
import { readExcerpt } from './excerpt.ts';
import { highlight } from './highlight.ts';

interface Props extends ExcerptOf {
  isOpen: boolean;
}

/** Shows an excerpt of a source file, highlighted on the server. It is folded unless `isOpen` is true. */
export async function Code({ isOpen, ...excerpt }: Props) {
  const html = await highlight(await readExcerpt(excerpt));
  return (
    <details className={styles.code} open={isOpen}>
      <summary>{excerpt.file}</summary>
      <div dangerouslySetInnerHTML={{ __html: html }} />
    </details>
  );
}
