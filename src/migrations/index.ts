import { Ground1763600000001 } from './1763600000001-ground';
import { Audit1763600000002 } from './1763600000002-audit';
import { Tenancy1763600000003 } from './1763600000003-tenancy';
import { Contacts1763600000004 } from './1763600000004-contacts';
import { Channels1763600000005 } from './1763600000005-channels';
import { Webhooks1763600000006 } from './1763600000006-webhooks';
import { Conversations1763600000007 } from './1763600000007-conversations';
import { Http1763600000008 } from './1763600000008-http';
import { Organizations1763600000009 } from './1763600000009-organizations';
import { People1763600000010 } from './1763600000010-people';
import { Identities1763600000011 } from './1763600000011-identities';
import { ContactBook1763600000012 } from './1763600000012-contact-book';
import { ContactFiles1763600000013 } from './1763600000013-contact-files';
import { Privacy1763600000014 } from './1763600000014-privacy';
import { Isolation1763600000015 } from './1763600000015-isolation';
import { ImportHeadings1763600000016 } from './1763600000016-import-headings';
import { Sending1763600000017 } from './1763600000017-sending';
import { Templates1763600000018 } from './1763600000018-templates';
import { Consent1763600000019 } from './1763600000019-consent';
import { Media1763600000020 } from './1763600000020-media';
import { BulkSends1763600000021 } from './1763600000021-bulk-sends';
import { RecipientTime1763600000022 } from './1763600000022-recipient-time';
import { QuietTrail1763600000023 } from './1763600000023-quiet-trail';
import { Providers1763600000024 } from './1763600000024-providers';
import { WhatsappCloud1763600000025 } from './1763600000025-whatsapp-cloud';
import { Sms1763600000026 } from './1763600000026-sms';
import { Calls1763600000027 } from './1763600000027-calls';
import { SharedNumbers1763600000028 } from './1763600000028-shared-numbers';
import { Mappings1763600000029 } from './1763600000029-mappings';
import { WebhookRecord1763600000030 } from './1763600000030-webhook-record';
import { KeyRotation1763600000031 } from './1763600000031-key-rotation';
import { LostMessages1763600000032 } from './1763600000032-lost-messages';
import { Overlap1763600000033 } from './1763600000033-overlap';
import { Answers1763600000034 } from './1763600000034-answers';
import { SharedCare1763600000035 } from './1763600000035-shared-care';
import { OpenCalls1763600000036 } from './1763600000036-open-calls';
import { ProviderNotices1763600000037 } from './1763600000037-provider-notices';

/** Every migration, oldest first. One that has landed is never edited. */
export const MIGRATIONS = [
  Ground1763600000001,
  Audit1763600000002,
  Tenancy1763600000003,
  Contacts1763600000004,
  Channels1763600000005,
  Webhooks1763600000006,
  Conversations1763600000007,
  Http1763600000008,
  Organizations1763600000009,
  People1763600000010,
  Identities1763600000011,
  ContactBook1763600000012,
  ContactFiles1763600000013,
  Privacy1763600000014,
  Isolation1763600000015,
  ImportHeadings1763600000016,
  Sending1763600000017,
  Templates1763600000018,
  Consent1763600000019,
  Media1763600000020,
  BulkSends1763600000021,
  RecipientTime1763600000022,
  QuietTrail1763600000023,
  Providers1763600000024,
  WhatsappCloud1763600000025,
  Sms1763600000026,
  Calls1763600000027,
  SharedNumbers1763600000028,
  Mappings1763600000029,
  WebhookRecord1763600000030,
  KeyRotation1763600000031,
  LostMessages1763600000032,
  Overlap1763600000033,
  Answers1763600000034,
  SharedCare1763600000035,
  OpenCalls1763600000036,
  ProviderNotices1763600000037,
] as const;
