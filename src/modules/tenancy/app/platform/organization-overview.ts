import type { OrganizationRow } from '../../db/organizations.repository';
import type { JobFigures, PlatformOrganization } from '../../db/platform.repository';
import type { OrganizationSettings } from '../../domain/organization';
import type { Role } from '../../domain/roles';
import { NO_FIGURES, type OrganizationFigures } from './figures';
import { usageView, type UsageView } from './usage-view';

/** An organization with its figures. Counts alone: no member, contact, number or text. */
export interface OrganizationOverview extends Omit<PlatformOrganization, 'suspendedAt' | 'suspensionReason'> {
  readonly suspension: { readonly at: Date; readonly reason: string | null } | null;
  readonly usage: UsageView;
}

/** The same with its settings, and how many have which role. Nobody is named here either. */
export interface OrganizationOverviewDetails extends OrganizationOverview {
  readonly roles: Readonly<Record<Role, number>>;
  readonly settings: Omit<OrganizationSettings, 'name' | 'slug'>;
}

/** How much an organization uses; nothing yet where it is new. */
export interface Use {
  readonly figures: OrganizationFigures;
  readonly jobs?: JobFigures | undefined;
}

export function organizationOverview(
  { suspendedAt: at, suspensionReason: reason, ...row }: PlatformOrganization,
  { figures, jobs }: Use,
): OrganizationOverview {
  return { ...row, suspension: at && { at, reason }, usage: usageView(figures, jobs) };
}

export function overviewDetails(
  organization: OrganizationRow,
  roles: Readonly<Record<Role, number>>,
  use: Use = { figures: NO_FIGURES },
): OrganizationOverviewDetails {
  const { id, name, slug, status, isPlatformOwner, createdAt, version: _, ...rest } = organization;
  const { suspendedAt, suspensionReason, ...settings } = rest;
  const members = Object.values(roles).reduce((sum, count) => sum + count, 0);
  const states = { status, isPlatformOwner, createdAt, suspendedAt, suspensionReason };
  return { ...organizationOverview({ id, name, slug, ...states, members }, use), roles, settings };
}
