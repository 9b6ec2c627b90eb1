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
    text = cause instanceof Error ? textOf(cause) : String(cause);
  } catch {
    text = 'something that has no text';
  }
  return text.replaceAll(/\s+/g, ' ').slice(0, 500);
}

/** Without a message, a code is all that an error says, as that of a gRPC stream that was closed. */
function textOf({ name, message, code }: Error & { code?: unknown }): string {
  if (message !== '') return `${name}: ${message}`;
  return code === undefined ? name : `${name} with code ${String(code)}`;
}
