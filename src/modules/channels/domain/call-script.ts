/** How something is said: by whom and in which language, in the provider's names. */
export interface SpokenWords {
  readonly text: string;
  /** BCP 47, such as `de-DE`. */
  readonly language: string;
  /** The provider's name of a voice; null for its own choice. */
  readonly voice: string | null;
}

/** One thing that is done in a call. Addresses are of this program, and the provider signs what it posts there. */
export type CallStep =
  | ({ readonly kind: 'say' } & SpokenWords)
  | {
      readonly kind: 'forward';
      /** E.164; all of them ring, and who is first has the call. */
      readonly to: readonly string[];
      readonly timeoutSeconds: number;
      /** Asked what comes next when it is over, whether or not somebody answered. */
      readonly doneUrl: string;
    }
  | {
      readonly kind: 'record';
      readonly maxSeconds: number;
      /** Asked what comes next. */
      readonly doneUrl: string;
      /** Told when the recording can be fetched. */
      readonly readyUrl: string;
    }
  /** Says `words`, and is told the key if one is pressed meanwhile or shortly after. */
  | { readonly kind: 'ask_key'; readonly words: readonly SpokenWords[]; readonly url: string }
  | { readonly kind: 'hang_up' }
  /** The call is not taken at all, and costs nothing. */
  | { readonly kind: 'reject' };

/** What is done in a call, in this order. Providers' adapters put it into their own language. */
export type CallScript = readonly CallStep[];
