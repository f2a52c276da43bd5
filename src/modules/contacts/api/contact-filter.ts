import type { ContactListQuery } from '../app/list-contacts.query';
import type { ContactFilterDto } from './contacts-query.dto';

/** What a query string asks of the list of contacts. */
export function listQueryOf(query: Partial<ContactFilterDto>): ContactListQuery {
  const { limit: _limit, cursor: _cursor, tag, serviceInterest, customField, ...others } = query;
  return {
    ...others,
    ...(tag ? { tags: tag } : {}),
    ...(serviceInterest ? { serviceInterests: serviceInterest } : {}),
    ...(customField ? { customFields: customField.map(keyAndValue) } : {}),
  };
}

function keyAndValue(text: string): [key: string, value: string] {
  const colon = text.indexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1)];
}
