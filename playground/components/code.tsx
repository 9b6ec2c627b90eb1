import type { ExcerptOf } from './cards.ts';
import styles from './code.module.css';
import { readExcerpt } from './excerpt.ts';
import { highlight } from './highlight.ts';

interface Props extends ExcerptOf {
  isOpen: boolean;
}

/** A few lines of the real file, highlighted on the server, and folded unless it is to be open. */
export async function Code({ isOpen, ...excerpt }: Props) {
  const html = await highlight(await readExcerpt(excerpt));
  return (
    <details className={styles.code} open={isOpen}>
      <summary>{excerpt.file}</summary>
      <div dangerouslySetInnerHTML={{ __html: html }} />
    </details>
  );
}
