import { ask } from '../state/api.ts';
import { trying } from '../state/problem.ts';

/** Saves the AsyncAPI document of a bus as a file. */
export function saveAsyncApi(bus: number): Promise<void> {
  return trying(async () => {
    const response = await ask(`asyncapi?bus=${bus}`);
    const document_ = JSON.stringify(await response.json(), undefined, 2);
    const url = URL.createObjectURL(new Blob([document_], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = 'asyncapi.json';
    link.click();
    URL.revokeObjectURL(url);
  });
}
