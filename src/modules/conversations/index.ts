export { ConversationsModule } from './conversations.module';
export { MessageCauses } from './app/message-causes';
export type { MessageCause } from './domain/message';
export { MissedCall } from './domain/missed-call';
export { MessageReceived } from './domain/message-received';
export { SessionWindowClosing } from './domain/session-window-closing';
export { TemplateApprovalChanged } from './domain/template-approval-changed';
export { BulkSendCompleted } from './domain/bulk-send-completed';
export { TemplatesWithdrawn } from './domain/templates-withdrawn';
