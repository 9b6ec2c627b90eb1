/** The parts of a queue's URL. */
export interface QueueAddress {
  readonly name: string;
  readonly isFifo: boolean;
  /** The region, if the host is one of AWS. */
  readonly region: string | undefined;
}

/** Hosts of AWS that name a region. */
const REGION =
  /(?:^|\.)(?:sqs(?:-fips)?\.([a-z]+(?:-[a-z]+)+-\d+)|([a-z]+(?:-[a-z]+)+-\d+)\.queue)\.(?:.*\.)?(?:amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/;

/** Reads the URL of a queue. Returns `undefined` if it is not one. */
export function addressOf(queueUrl: string): QueueAddress | undefined {
  const url = URL.parse(queueUrl);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  const name = url.pathname.split('/').at(-1);
  if (name === undefined || !/^[\w-]{1,80}(\.fifo)?$/.test(name)) return undefined;
  const match = REGION.exec(url.hostname);
  return { name, isFifo: name.endsWith('.fifo'), region: match?.[1] ?? match?.[2] };
}
