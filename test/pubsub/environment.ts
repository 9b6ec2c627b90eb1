import { onTestFinished, vi } from 'vitest';

/** Removes everything that Google's client reads from the environment, until the test has ended. */
export function emptyEnvironment(): void {
  for (const name of [
    'GOOGLE_CLOUD_PROJECT',
    'GCLOUD_PROJECT',
    'GOOGLE_APPLICATION_CREDENTIALS',
    'PUBSUB_EMULATOR_HOST',
    'PUBSUB_PROJECT_ID',
  ])
    vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', '/nowhere');
  vi.stubEnv('PATH', '');
  vi.stubEnv('CLOUDSDK_CONFIG', '/nowhere');
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
  onTestFinished(() => void vi.unstubAllEnvs());
}
