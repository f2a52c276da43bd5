export * from './config';
export type { MasterKey, Variable } from './variable';
export { VARIABLES } from './variables';
