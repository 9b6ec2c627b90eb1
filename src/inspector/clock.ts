/** The most by which the fine clock may differ from the time of day, in ms. */
const MOST_DRIFT = 250;

let origin = performance.timeOrigin;

/** Returns the time in ms since 1970, with fractions. The fine clock stands still while the machine sleeps. */
export function now(): number {
  const fine = origin + performance.now();
  const drift = Date.now() - fine;
  if (Math.abs(drift) < MOST_DRIFT) return fine;
  origin += drift;
  return fine + drift;
}
