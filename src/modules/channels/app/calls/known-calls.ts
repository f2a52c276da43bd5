/** Port: what is known here of calls. A module above implements it, which keeps them. In the transaction at hand. */
export abstract class KnownCalls {
  /** Those of the provider's calls whose end is not known here. */
  abstract underWay(providerCallIds: readonly string[]): Promise<ReadonlySet<string>>;
}
