import { MetaError } from './errors';
import type { Account, PhoneNumber, Template } from './model';

type Json = Record<string, unknown>;

const PAGE = 25;
const MOST = 1_000;

/** A number as Meta shows it: `fields` says which of it, and some is shown to those who ask alone. */
export function numberResource(number: PhoneNumber, query: URLSearchParams): Json {
  const { id, address, verifiedName, status, qualityRating } = number;
  const common = {
    verified_name: verifiedName,
    code_verification_status: 'VERIFIED',
    display_phone_number: address,
    quality_rating: qualityRating,
    platform_type: 'CLOUD_API',
    throughput: { level: 'STANDARD' },
    id,
  };
  const more = { status, name_status: 'APPROVED', account_mode: 'LIVE', messaging_limit_tier: 'TIER_1K' };
  return chosen(common, more, query);
}

/** A WhatsApp Business Account as Meta shows it. */
export function accountResource({ id }: Account, query: URLSearchParams): Json {
  const common = { id, name: 'Simulated account', currency: 'EUR', timezone_id: '1' };
  return chosen(common, { account_review_status: 'APPROVED' }, query);
}

/** A template as Meta shows it. */
export function templateResource(template: Template, query: URLSearchParams): Json {
  const { id, name, language, status, category, components, parameterFormat, rejectedReason } = template;
  const common = { name, parameter_format: parameterFormat, components, language, status, category, id };
  return chosen(common, { rejected_reason: rejectedReason, quality_score: { score: 'GREEN' } }, query);
}

function chosen(common: Json, more: Json, query: URLSearchParams): Json {
  const fields = query.get('fields');
  if (fields === null) return common;
  const all = { ...common, ...more };
  // The id is shown whether it was asked for or not.
  return Object.fromEntries([...fields.split(','), 'id'].map((name) => [name, all[name]]));
}

/** One page of a list; a cursor is the place behind which it goes on. */
export function pageOf(items: readonly Json[], url: URL, host = ''): Json {
  const limit = Number(url.searchParams.get('limit') ?? PAGE);
  const after = url.searchParams.get('after');
  const start = after === null ? 0 : Number(Buffer.from(after, 'base64url').toString() || Number.NaN);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST || !Number.isInteger(start) || start < 0) {
    throw new MetaError(400, 100);
  }
  const data = items.slice(start, start + limit);
  if (data.length === 0) return { data };
  const end = start + data.length;
  const next = new URL(url.pathname + url.search, `http://${host}`);
  next.searchParams.set('after', cursor(end));
  const cursors = { before: cursor(start), after: cursor(end) };
  return { data, paging: { cursors, ...(end < items.length ? { next: next.href } : {}) } };
}

function cursor(place: number): string {
  return Buffer.from(String(place)).toString('base64url');
}
