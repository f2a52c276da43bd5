import type twilio from 'twilio';
import { isProviderTemplateApproval, type ProviderTemplateListing } from '../../domain/provider-template';

/** What of a content template is read. The SDK types its JSON as objects; nothing of it is believed. */
interface TwilioContent {
  readonly sid: string;
  readonly friendlyName: string;
  readonly language: string;
  readonly variables: unknown;
  readonly types: unknown;
  readonly approvalRequests: unknown;
}

const PAGE = 200;
/** More than WhatsApp lets any account have (6,000 at most): a list that goes on is not believed. */
const MOST_PAGES = 100;
/** What the database holds of a name, a language and a text. */
const MOST = { name: 512, language: 35, text: 4096 } as const;

/** The list went on and on, or its pages lead elsewhere: whoever follows would hand the password over. */
class OddTwilioPages extends Error {
  constructor() {
    super('the pages of the provider lead elsewhere, or do not end');
  }
}

/** All content templates of an account with their approvals, page after page. */
export async function listTwilioContents(
  client: twilio.Twilio,
  baseUrl: string,
): Promise<ProviderTemplateListing[]> {
  const list = client.content.v1.contentAndApprovals;
  const contents: TwilioContent[] = [];
  let page = await list.page({ pageSize: PAGE });
  for (let read = 1; ; read++) {
    contents.push(...page.instances);
    const next = page.nextPageUrl;
    if (!next) return contents.map(templateOf);
    if (read === MOST_PAGES || new URL(next).origin !== new URL(baseUrl).origin) throw new OddTwilioPages();
    page = await list.getPage(next);
  }
}

/** A template in the words of all providers. */
export function templateOf(content: TwilioContent): ProviderTemplateListing {
  const { sid, friendlyName, language, variables } = content;
  const request = approvalOf(content.approvalRequests);
  const [contentType, fields] = typeOf(record(content.types), request['content_type']);
  const samples = record(variables);
  return {
    contentId: sid,
    name: kept(friendlyName, MOST.name) || sid,
    language: kept(language, MOST.language) || 'en',
    contentType,
    body: bodyOf(fields),
    variables: placesIn(fields).map((name) => ({ name, example: kept(samples[name], MOST.text) || name })),
    approval: isProviderTemplateApproval(request['status']) ? request['status'] : 'pending',
    rejectionReason: kept(request['rejection_reason'], MOST.text) || null,
    isMarketing: String(request['category']).toUpperCase() === 'MARKETING',
  };
}

/** The list shows the request for WhatsApp by itself; a single content shows it by the channel's name. */
function approvalOf(requests: unknown): Record<string, unknown> {
  const own = record(requests);
  const request = 'whatsapp' in own ? record(own['whatsapp']) : own;
  return { ...request, status: request['status'] ?? 'unsubmitted' };
}

/** The type that WhatsApp approved; else the one that is more than the text for channels that know nothing else. */
function typeOf(types: Record<string, unknown>, approved: unknown): [string, Record<string, unknown>] {
  const names = Object.keys(types);
  const richest = names.find((name) => name !== 'twilio/text') ?? names[0] ?? 'twilio/text';
  const name = typeof approved === 'string' && Object.hasOwn(types, approved) ? approved : richest;
  return [name.slice(0, MOST.name), record(types[name])];
}

/** Cards have a title in place of a text. */
function bodyOf({ body, title }: Record<string, unknown>): string | null {
  return kept(body ?? title, MOST.text) || null;
}

/** The names of all places in a type, each once, in the order in which they stand there. */
function placesIn(fields: Record<string, unknown>): string[] {
  const found = JSON.stringify(fields).matchAll(/\{\{([A-Za-z0-9_]{1,40})\}\}/g);
  return [...new Set(Array.from(found, ([, name = '']) => name))];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** A text as the database can hold it; nothing where it is none. */
function kept(value: unknown, most: number): string {
  if (typeof value !== 'string') return '';
  return Array.from(value.replace(/\0|\p{Surrogate}/gu, ''))
    .slice(0, most)
    .join('');
}
