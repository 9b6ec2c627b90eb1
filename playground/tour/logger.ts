/** A logger, in place of pino or winston. Its lines go to `print`, which can be replaced. */
export const logger = {
  print: (line: string): void => console.error(line),
  error(line: string): void {
    logger.print(line);
  },
};
