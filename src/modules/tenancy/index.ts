export { TenancyModule } from './tenancy.module';
export { Tenancy, type OrganizationHours } from './app/tenancy';
export type { NewOrganization } from './app/create-organization.use-case';
export {
  byOrganization,
  ContributesFigures,
  type FiguresSource,
  type OrganizationFigures,
} from './app/platform/figures';
export type { NewMember } from './app/members';
export { OrganizationOwners } from './app/membership/organization-owners';
export { AlreadyMember } from './domain/errors';
export { OrganizationInvalid, PlatformOwnerExists, SlugTaken } from './domain/organization-errors';
export { permissionsOf, ROLES, type Role } from './domain/roles';
export { API_KEY_SCOPES } from './domain/scopes';
