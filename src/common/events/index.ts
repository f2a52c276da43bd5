export * from './domain-event';
export { EventBus, Subscribe, type ListensTo } from './event-bus';
export { EventsModule } from './events.module';
