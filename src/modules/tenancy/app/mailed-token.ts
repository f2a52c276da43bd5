import { asUuid, type Uuid } from '../../../common/context';

/** What a token in a mail is for; its prefix. */
export type MailedTokenKind = 'fdi' | 'fdr' | 'fds';

/**
 * A token that someone got by mail: the ids of what it opens, and 256 random bits that prove it. Of an invitation, the
 * organization and the invitation (`fdi_…`); of a password reset, the reset (`fdr_…`); of a sign-up,
 * the sign-up (`fds_…`).
 */
export interface MailedToken {
  readonly ids: readonly Uuid[];
  readonly secret: string;
}

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const IDS: Readonly<Record<MailedTokenKind, number>> = { fdi: 2, fdr: 1, fds: 1 };

/** The text that goes into the mail. */
export function formatMailedToken(kind: MailedTokenKind, { ids, secret }: MailedToken): string {
  const bytes = ids.map((id) => Buffer.from(id.replaceAll('-', ''), 'hex'));
  return `${kind}_${Buffer.concat([...bytes, Buffer.from(secret, 'base64url')]).toString('base64url')}`;
}

/** Takes a token of that kind apart; undefined when the text is none. */
export function parseMailedToken(kind: MailedTokenKind, text: string): MailedToken | undefined {
  if (!new RegExp(`^${kind}_[\\w-]+$`).test(text)) return undefined;
  const bytes = Buffer.from(text.slice(kind.length + 1), 'base64url');
  const end = IDS[kind] * ID_BYTES;
  if (bytes.length !== end + SECRET_BYTES) return undefined;
  const ids: Uuid[] = [];
  for (let at = 0; at < end; at += ID_BYTES) {
    const hex = bytes.toString('hex', at, at + ID_BYTES);
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    try {
      ids.push(asUuid(id));
    } catch {
      return undefined;
    }
  }
  return { ids, secret: bytes.toString('base64url', end) };
}
