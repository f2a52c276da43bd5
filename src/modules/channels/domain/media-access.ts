/** Where a provider's files may be fetched, and what opens them. */
export interface MediaAccess {
  /** `name`, or `*.name` for all below it: the provider's own, and those of the storage that it redirects to. https alone. */
  readonly hosts: readonly string[];
  /** Scheme, host and port of a stand-in that the operator configured; it need not be on the Internet. */
  readonly trustedOrigins: readonly string[];
  /** Shown to these origins and to no other; there for these paths alone, where they are named. */
  readonly credentials: {
    readonly origins: readonly string[];
    readonly paths?: RegExp;
    readonly authorization: string;
  };
}
