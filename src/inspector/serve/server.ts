/** The options of `inspector.listen`. */
export interface ListenOptions {
  /** The port, or the next one that is free; 0 for any. Default: 4983. */
  port?: number | undefined;
  /** The address to listen on. An address that isn't a loopback address lets other machines in. Default: `'127.0.0.1'`. */
  host?: string | undefined;
}

/** A server of an inspector. */
export interface InspectorServer extends AsyncDisposable {
  /** The address of the page, with the token in its fragment. */
  readonly url: string;
  /** Ends the streams that are open, and frees the port. */
  close(): Promise<void>;
}
