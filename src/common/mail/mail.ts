/** A mail to one person, in text and in HTML. */
export interface Mail {
  /** One address, without a name. */
  readonly to: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A part of a mail's body: a paragraph, a link with its caption, or a text to be copied. */
export type Block = string | { readonly link: string; readonly caption: string } | { readonly copy: string };

/** What people wrote is shown up to this length; counted in characters, so that none is cut in two. */
const LONGEST_NAME = /^.{0,120}/su;

/**
 * A text that someone wrote, fit for a subject or a sentence: one line, no control characters, nothing that changes the
 * direction of writing, not longer than a name should be.
 */
export function mailName(text: string): string {
  const line = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const shortened = LONGEST_NAME.exec(line)?.[0] ?? '';
  return shortened === line ? line : `${shortened}…`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function asText(block: Block): string {
  if (typeof block === 'string') return block;
  return 'link' in block ? `${block.caption}:\n${block.link}` : `    ${block.copy}`;
}

function asHtml(block: Block): string {
  if (typeof block === 'string') return `<p>${escaped(block)}</p>`;
  if ('link' in block) return `<p><a href="${escaped(block.link)}">${escaped(block.caption)}</a></p>`;
  return `<p><code>${escaped(block.copy)}</code></p>`;
}

/**
 * Composes a mail. What it is made of is text, never markup: all of it is escaped. Names in `subject` and `body` come
 * through {@link mailName}.
 */
export function composeMail(to: string, subject: string, body: readonly Block[]): Mail {
  const html = body.map(asHtml).join('\n');
  return {
    to,
    subject: mailName(subject),
    text: `${body.map(asText).join('\n\n')}\n`,
    html: `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${escaped(mailName(subject))}</title>\n<body>\n${html}\n</body>\n</html>\n`,
  };
}
