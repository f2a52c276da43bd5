import { Injectable } from '@nestjs/common';
import { checkVersion } from '../../../../common/http';
import { IdentitiesRepository, type ProvisioningRow } from '../../db/identities.repository';
import { OrganizationNotFound } from '../../domain/errors';
import type { Provisioning } from '../../domain/external-identity';

/** Whether people come into the organization uninvited, with the version of the organization. */
export type ProvisioningView = Provisioning & { readonly version: number };

/** The rules for people whom an identity provider vouches for and who are not members yet. */
@Injectable()
export class ChangeProvisioning {
  constructor(private readonly identities: IdentitiesRepository) {}

  async read(): Promise<ProvisioningView> {
    return view(await this.identities.provisioning());
  }

  /** What is not in `change` stays. Throws `StaleVersion`. */
  async execute(change: Partial<Provisioning>, ifMatch: number | undefined): Promise<ProvisioningView> {
    const present = view(await this.identities.provisioning({ lock: true }));
    checkVersion(present.version, ifMatch);
    const { role = present.role, emailDomains = present.emailDomains } = change;
    const domains = new Set(emailDomains.map((domain) => domain.toLowerCase()));
    await this.identities.changeProvisioning({ role, emailDomains: [...domains] });
    return this.read();
  }
}

function view(row: ProvisioningRow | undefined): ProvisioningView {
  if (!row) throw new OrganizationNotFound();
  const { role, emailDomains, version } = row;
  return { role, emailDomains, version };
}
