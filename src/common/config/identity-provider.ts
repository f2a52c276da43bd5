/** Someone outside who vouches for people: an OpenID Connect provider whose tokens this installation takes. */
export interface IdentityProvider {
  /** `iss` of its tokens, letter by letter. */
  readonly issuer: string;
  /** `aud` of the tokens that are meant for this installation: one of these. */
  readonly audiences: readonly string[];
  /** Where its public keys are; undefined: where its discovery document says. */
  readonly jwksUrl: string | undefined;
  /** The claim that names the organization: by id, or by slug where `organizations` says which ones there are. */
  readonly organizationClaim: string;
  /** Ids of the only organizations that its word counts in; empty: all. */
  readonly organizations: readonly string[];
  /** The only domains whose addresses it can vouch for; empty: all. */
  readonly emailDomains: readonly string[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;
const KNOWN: ReadonlySet<string> = new Set([
  'issuer',
  'audience',
  'jwksUrl',
  'organizationClaim',
  'organizations',
  'emailDomains',
]);

function expected(what: string): never {
  throw new Error(`expected ${what}`);
}

function isAddress(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 500 || !URL.canParse(value)) return false;
  const { protocol, search, hash, username } = new URL(value);
  return /^https?:$/.test(protocol) && !search && !hash && !username;
}

function texts(value: unknown, allowed: (text: string) => boolean): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const list: readonly unknown[] = value;
  return list.every((one): one is string => typeof one === 'string' && allowed(one)) ? list : undefined;
}

function providerOf(entry: unknown): IdentityProvider {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) expected('a list of objects');
  const { issuer, audience, jwksUrl, organizationClaim, organizations, emailDomains } = entry as Record<
    string,
    unknown
  >;
  if (Object.keys(entry).some((name) => !KNOWN.has(name)))
    expected(`no other names in an entry than ${[...KNOWN].join(', ')}`);
  if (!isAddress(issuer)) expected('issuer to be an http(s) address without query, fragment or credentials');
  if (jwksUrl !== undefined && !isAddress(jwksUrl)) expected('jwksUrl to be an http(s) address');
  const audiences = texts(Array.isArray(audience) ? audience : [audience], (text) => text !== '');
  if (!audiences?.length) expected('audience to be a text or a list of texts');
  if (organizationClaim !== undefined && (typeof organizationClaim !== 'string' || organizationClaim === ''))
    expected('organizationClaim to be the name of a claim');
  return {
    issuer,
    audiences,
    jwksUrl,
    organizationClaim: organizationClaim ?? 'organization',
    organizations:
      texts(organizations ?? [], (id) => UUID.test(id)) ?? expected('organizations to be a list of ids'),
    emailDomains:
      texts(emailDomains ?? [], (domain) => DOMAIN.test(domain)) ??
      expected('emailDomains to be a list of domains in lower case, such as clinic.example'),
  };
}

/** Reads a JSON list of providers. Throws an Error that says what is expected and repeats nothing of the text. */
export function parseIdentityProviders(text: string): readonly IdentityProvider[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    expected('a JSON list');
  }
  if (!Array.isArray(list)) expected('a JSON list');
  const providers = list.map(providerOf);
  if (new Set(providers.map(({ issuer }) => issuer)).size < providers.length)
    expected('each issuer to stand there once');
  return providers;
}

/** Keys that were fetched without TLS prove nothing: whoever is on the way could have put in their own. */
export function identityProviderProblems(
  providers: readonly IdentityProvider[] = [],
  production: boolean,
): string[] {
  const open = providers.some(({ issuer, jwksUrl = issuer }) =>
    [issuer, jwksUrl].some((address) => !address.startsWith('https://')),
  );
  return production && open ? ['OIDC_PROVIDERS: expected https:// addresses in production'] : [];
}
