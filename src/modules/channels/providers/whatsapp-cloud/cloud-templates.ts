import type { ProviderTemplateApproval, ProviderTemplateListing } from '../../domain/provider-template';
import { buttonPrefix, contentIdOf, HEADER } from './cloud-template-content';
import { objectOf, objectsOf, textOf } from './graph-api';
import type { GraphHttp } from './graph-http';
import { allOf } from './graph-pages';

type Json = Readonly<Record<string, unknown>>;

const FIELDS = 'id,name,language,status,category,components,rejected_reason';
/** What the database holds of a name, a language and a text. */
const MOST = { name: 512, language: 35, text: 4096 } as const;

/** Meta's words for what became of a template; what is not here is not to be sent. */
const APPROVALS: ReadonlyMap<unknown, ProviderTemplateApproval> = new Map<unknown, ProviderTemplateApproval>([
  ['APPROVED', 'approved'],
  ['PENDING', 'pending'],
  ['IN_APPEAL', 'pending'],
  ['REJECTED', 'rejected'],
  ['PAUSED', 'paused'],
]);

/** All templates of an account. Throws what {@link GraphHttp} throws. */
export async function listCloudTemplates(
  http: GraphHttp,
  accountId: string,
  token: string,
): Promise<ProviderTemplateListing[]> {
  const templates = await allOf(http, `/${accountId}/message_templates`, token, { fields: FIELDS });
  return templates.flatMap((template) => listingOf(template) ?? []);
}

/** A template in the words of all providers; undefined where it has no name to be sent by. */
export function listingOf(template: Json): ProviderTemplateListing | undefined {
  const name = kept(template['name'], MOST.name);
  const language = kept(template['language'], MOST.language);
  if (name === '' || language === '') return undefined;
  const components = objectsOf(template['components']);
  const body = components.find(({ type }) => type === 'BODY');
  const reason = textOf(template['rejected_reason']);
  return {
    contentId: contentIdOf(name, language),
    name,
    language,
    contentType: `whatsapp/${kept(template['category'], 40).toLowerCase() || 'template'}`,
    body: kept(body?.['text'], MOST.text) || null,
    variables: components.flatMap(variablesOf),
    approval: isSendable(components) ? (APPROVALS.get(template['status']) ?? 'disabled') : 'disabled',
    rejectionReason: reason === undefined || reason === 'NONE' ? null : kept(reason, MOST.text),
    isMarketing: template['category'] === 'MARKETING',
  };
}

const PLACE = /\{\{([A-Za-z0-9_]{1,30})\}\}/g;

/** Files in a header, and buttons that take more than an address, need what a text is not: this program sends no such. */
function isSendable(components: readonly Json[]): boolean {
  return components.every(({ type, format, buttons }) => {
    if (type === 'HEADER') return format === undefined || format === 'TEXT';
    if (type === 'BUTTONS') return objectsOf(buttons).every((button) => SIMPLE_BUTTONS.has(button['type']));
    return type === 'BODY' || type === 'FOOTER';
  });
}

const SIMPLE_BUTTONS: ReadonlySet<unknown> = new Set(['QUICK_REPLY', 'URL', 'PHONE_NUMBER']);

function variablesOf({ type, text, example, buttons }: Json): ProviderTemplateListing['variables'] {
  if (type === 'HEADER') return places(HEADER, text, samplesOf(example, 'header_text'));
  if (type === 'BODY') return places('', text, samplesOf(example, 'body_text'));
  if (type !== 'BUTTONS') return [];
  return objectsOf(buttons).flatMap(({ url, example: samples }, index) =>
    places(buttonPrefix(index), url, new Map([['1', buttonSample(samples)]])),
  );
}

function places(
  prefix: string,
  text: unknown,
  samples: ReadonlyMap<string, string>,
): ProviderTemplateListing['variables'] {
  const names = Array.from((textOf(text) ?? '').matchAll(PLACE), ([, name = '']) => name);
  return [...new Set(names)].map((name) => ({
    name: prefix + name,
    example: samples.get(name) ?? name,
  }));
}

/** By number: `header_text: ["a"]` and `body_text: [["a", "b"]]`; by name: `body_text_named_params: [{ param_name, example }]`. */
function samplesOf(example: unknown, name: 'header_text' | 'body_text'): ReadonlyMap<string, string> {
  const given = objectOf(example);
  const listed: unknown = name === 'body_text' ? firstOf(given[name]) : given[name];
  const numbered = Array.isArray(listed)
    ? listed.map((sample, i): [string, string] => [String(i + 1), kept(sample, MOST.text)])
    : [];
  const named = objectsOf(given[`${name}_named_params`]).map((param): [string, string] => [
    String(param['param_name']),
    kept(param['example'], MOST.text),
  ]);
  return new Map([...numbered, ...named].filter(([, sample]) => sample !== ''));
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

/** The sample of an address shows the whole of it. */
function buttonSample(samples: unknown): string {
  return kept(firstOf(samples), MOST.text) || '1';
}

/** A text as the database can hold it; nothing where it is none. */
function kept(value: unknown, most: number): string {
  if (typeof value !== 'string') return '';
  return Array.from(value.replace(/\0|\p{Surrogate}/gu, ''))
    .slice(0, most)
    .join('');
}
