export { ConversationsModule } from './conversations.module';
export { MessageReceived } from './domain/message-received';
