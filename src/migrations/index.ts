import { Ground1763600000001 } from './1763600000001-ground';
import { Audit1763600000002 } from './1763600000002-audit';
import { Tenancy1763600000003 } from './1763600000003-tenancy';
import { Contacts1763600000004 } from './1763600000004-contacts';
import { Channels1763600000005 } from './1763600000005-channels';
import { Webhooks1763600000006 } from './1763600000006-webhooks';
import { Conversations1763600000007 } from './1763600000007-conversations';

/** Every migration, oldest first. One that has landed is never edited. */
export const MIGRATIONS = [
  Ground1763600000001,
  Audit1763600000002,
  Tenancy1763600000003,
  Contacts1763600000004,
  Channels1763600000005,
  Webhooks1763600000006,
  Conversations1763600000007,
] as const;
