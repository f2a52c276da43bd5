export { describe } from './describe';
export { CHECKS, examineCatalogue } from './examine';
export { EXCEPTIONS } from './exceptions';
export type { Ask, Check, Finding } from './finding';
