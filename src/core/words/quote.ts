import { isGeneratorFunction } from './guards.ts';

/** Shows a value as error messages do: short, on one line. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (typeof value === 'function') {
    return `${isGeneratorFunction(value) ? 'generator ' : ''}function ${value.name || '(anonymous)'}`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

/** Shows something that was thrown as `Error: message`, on one line. */
export function causeOf(cause: unknown): string {
  let text: string;
  try {
    // Some errors have only a code, such as that of a gRPC stream that was closed.
    text =
      cause instanceof Error
        ? `${cause.name}: ${cause.message || `no message, code ${(cause as { code?: string }).code ?? 'none'}`}`
        : String(cause);
  } catch {
    text = 'something that has no text';
  }
  return text.replaceAll(/\s+/g, ' ').slice(0, 500);
}
