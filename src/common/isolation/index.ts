export { describe } from './describe';
export { CHECKS, examineCatalogue } from './examine';
export { EXCEPTIONS } from './exceptions';
export type { Ask, Check, Finding } from './finding';
export { probe } from './probes/probe';
export { Session } from './probes/session';
export { PROBED_ROLES } from './probes/target';
export { IsolationModule } from './isolation.module';
