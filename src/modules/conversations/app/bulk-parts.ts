import { BulkBatch } from './bulk-batch';
import { BulkPlans } from './bulk-plan';
import { BulkRunQueue } from './bulk-run-queue';
import { BulkRunStep } from './bulk-run-step';
import { BulkSendActions } from './bulk-send-actions';
import { BulkTemplates } from './bulk-templates';
import { BulkTiming } from './bulk-timing';
import { CancelBulkSend } from './cancel-bulk-send.use-case';
import { ChangeBulkSend } from './change-bulk-send.use-case';
import { CreateBulkSend } from './create-bulk-send.use-case';
import { DeleteBulkSend } from './delete-bulk-send.use-case';
import { PauseBulkSend } from './pause-bulk-send.use-case';
import { PreviewBulkSend } from './preview-bulk-send.query';
import { ReadBulkSends } from './read-bulk-sends.query';
import { ResumeBulkSend } from './resume-bulk-send.use-case';
import { RunBulkSend } from './run-bulk-send.job';
import { StartBulkSend } from './start-bulk-send.use-case';
import { BulkAudiences } from '../db/bulk-audiences.repository';
import { BulkContactData } from '../db/bulk-contact-data';
import { BulkConnections } from '../db/bulk-connections.repository';
import { BulkMessages } from '../db/bulk-messages.repository';
import { BulkRecipients } from '../db/bulk-recipients.repository';
import { BulkSends } from '../db/bulk-sends.repository';

/** All that bulk sends are made of. */
export const BULK_SENDING = [
  BulkAudiences,
  BulkBatch,
  BulkContactData,
  BulkConnections,
  BulkMessages,
  BulkPlans,
  BulkRecipients,
  BulkRunQueue,
  BulkRunStep,
  BulkSendActions,
  BulkSends,
  BulkTemplates,
  BulkTiming,
  CancelBulkSend,
  ChangeBulkSend,
  CreateBulkSend,
  DeleteBulkSend,
  PauseBulkSend,
  PreviewBulkSend,
  ReadBulkSends,
  ResumeBulkSend,
  RunBulkSend,
  StartBulkSend,
];
