/** In place of pino or winston: `print` is where its lines go. */
export const logger = {
  print: (line: string): void => console.error(line),
  error(line: string): void {
    logger.print(line);
  },
};
