import type { ExcerptOf } from './cards.ts';
import styles from './code.module.css';
import { readExcerpt } from './excerpt.ts';
import { highlight } from './highlight.ts';

/** A few lines of the real file, highlighted on the server. */
export async function Code(excerpt: ExcerptOf) {
  const html = await highlight(await readExcerpt(excerpt));
  return (
    <figure className={styles.code}>
      <figcaption>{excerpt.file}</figcaption>
      <div dangerouslySetInnerHTML={{ __html: html }} />
    </figure>
  );
}
