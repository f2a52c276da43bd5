import { SimulatorInputError } from './errors';
import { newSid } from './ids';
import type { Content, ContentStatus } from './model';

/** Fields of a content template to add, or to change where `sid` is known already. */
export interface ContentInput {
  accountSid: string;
  sid?: string;
  friendlyName?: string;
  language?: string;
  /** Of a plain `twilio/text`; for others there is `types`. */
  body?: string;
  /** By content type, as Twilio writes them. */
  types?: Content['types'];
  /** What stands where no value is given, by name. */
  variables?: Record<string, string>;
  status?: ContentStatus;
  category?: string;
  rejectionReason?: string;
}

/** Names of all states that a template can have at WhatsApp. */
export const CONTENT_STATUSES: readonly ContentStatus[] = [
  'unsubmitted',
  'received',
  'pending',
  'approved',
  'rejected',
  'paused',
  'disabled',
];

/** The content templates of all accounts. */
export class Contents {
  readonly #contents = new Map<string, Content>();

  /**
   * Adds a template (approved, and with category UTILITY where nothing else is said), or changes a known one.
   * @throws SimulatorInputError for a bad sid, or another account's
   */
  put(input: ContentInput): Content {
    const sid = input.sid ?? newSid('HX');
    if (!/^HX[0-9a-fA-F]{32}$/.test(sid)) {
      throw new SimulatorInputError(`content sid must be HX and 32 hex digits: ${sid}`);
    }
    const known = this.#contents.get(sid);
    if (known && known.accountSid !== input.accountSid) {
      throw new SimulatorInputError(`another account owns ${sid}`);
    }
    const text = input.body === undefined ? undefined : { 'twilio/text': { body: input.body } };
    const content: Content = {
      sid,
      accountSid: input.accountSid,
      friendlyName: input.friendlyName ?? known?.friendlyName ?? 'simulated_template',
      language: input.language ?? known?.language ?? 'en',
      types: input.types ?? text ?? known?.types ?? { 'twilio/text': { body: 'Hello' } },
      variables: input.variables ?? known?.variables ?? {},
      status: input.status ?? known?.status ?? 'approved',
      category: input.category ?? known?.category ?? 'UTILITY',
      rejectionReason: input.rejectionReason ?? known?.rejectionReason ?? '',
      createdAt: known?.createdAt ?? new Date(),
      updatedAt: new Date(),
    };
    this.#contents.set(sid, content);
    return content;
  }

  find(sid: string): Content | undefined {
    return this.#contents.get(sid);
  }

  /** Those of one account, or all, oldest first. */
  list(accountSid?: string): Content[] {
    return [...this.#contents.values()].filter(
      (content) => accountSid === undefined || content.accountSid === accountSid,
    );
  }

  remove(sid: string): boolean {
    return this.#contents.delete(sid);
  }
}

/** The text of a template: of the type that has one. */
function bodyOf({ types }: Content): string {
  const bodies = Object.values(types).map(({ body, title }) => body ?? title);
  return bodies.find((body): body is string => typeof body === 'string') ?? '';
}

/** What the recipient reads; a variable without a value has its default. */
export function renderedBody(content: Content, values: Readonly<Record<string, string>>): string {
  const known = new Map([...Object.entries(content.variables), ...Object.entries(values)]);
  return bodyOf(content).replace(/\{\{(\w+)\}\}/g, (place, name: string) => known.get(name) ?? place);
}
