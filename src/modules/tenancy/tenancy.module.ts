import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Authenticator, DenialRecorder } from '../../common/auth';
import { tenantEntities } from '../../common/database';
import { AuditModule } from '../audit';
import { ApiKeysController } from './api/api-keys.controller';
import { AuthController } from './api/auth.controller';
import { OperatorAccessesController } from './api/operator-accesses.controller';
import { PlatformController } from './api/platform.controller';
import { SignUpController } from './api/sign-up.controller';
import { OrganizationController } from './api/organization.controller';
import { ProvisioningController } from './api/provisioning.controller';
import { AccessTokens } from './app/access-tokens';
import { AddMember } from './app/add-member.use-case';
import { AdmitIdentity } from './app/identities/admit-identity.use-case';
import { ApiKeyMakers } from './app/api-keys/api-key-makers';
import { ApiKeyStates } from './app/api-keys/api-key-states';
import { ApiKeyUses } from './app/api-keys/api-key-uses';
import { AuditedDenials } from './app/audited-denials';
import { ChangeOrganization } from './app/change-organization.use-case';
import { ChangeProvisioning } from './app/identities/change-provisioning.use-case';
import { CheckPassword } from './app/check-password';
import { CreateApiKey } from './app/api-keys/create-api-key.use-case';
import { CreateOrganization } from './app/create-organization.use-case';
import { CredentialAuthenticator } from './app/credential-authenticator';
import { CurrentOrganization } from './app/current-organization.query';
import { ExternalIdentities } from './app/identities/external-identities';
import { ExternalTokens } from './app/identities/external-tokens';
import { ForgetEndedSessions } from './app/forget-ended-sessions.job';
import { IdentityUses } from './app/identities/identity-uses';
import { Newcomers } from './app/identities/newcomers';
import { IdentityLinks } from './app/identities/identity-links';
import { ListApiKeys } from './app/api-keys/list-api-keys.query';
import { Members } from './app/members';
import { PasswordHasher } from './app/password-hasher';
import { ProvisionUser } from './app/identities/provision-user.use-case';
import { RefreshSession } from './app/refresh-session.use-case';
import { RenameApiKey } from './app/api-keys/rename-api-key.use-case';
import { RevokeApiKey } from './app/api-keys/revoke-api-key.use-case';
import { RotateApiKey } from './app/api-keys/rotate-api-key.use-case';
import { SessionLifetime } from './app/session-lifetime';
import { SessionOpening } from './app/session-opening';
import { SessionStart } from './app/session-start';
import { SessionStates } from './app/session-states';
import { SignInLimits } from './app/sign-in-limits';
import { SignIn } from './app/sign-in.use-case';
import { SignOut } from './app/sign-out.use-case';
import { SwitchOrganization } from './app/switch-organization.use-case';
import { Tenancy } from './app/tenancy';
import { WhoAmI } from './app/who-am-i.query';
import { EndOperatorAccess } from './app/operator-access/end-operator-access.use-case';
import { ListOperatorAccesses } from './app/operator-access/list-operator-accesses.query';
import { OpenOperatorAccess } from './app/operator-access/open-operator-access.use-case';
import { OperatorAccessStates } from './app/operator-access/operator-access-states';
import { OperatorAccessUses } from './app/operator-access/operator-access-uses';
import { CreateOrganizationForOwner } from './app/platform/create-organization-for-owner.use-case';
import { Figures } from './app/platform/figures';
import { InviteOwner } from './app/platform/invite-owner.use-case';
import { OrganizationUse } from './app/platform/organization-use';
import { ListOrganizations } from './app/platform/list-organizations.query';
import { OwnerInvitations } from './app/platform/owner-invitations';
import { ReadOrganization } from './app/platform/read-organization.query';
import { ResumeOrganization } from './app/platform/resume-organization.use-case';
import { SuspendOrganization } from './app/platform/suspend-organization.use-case';
import { ConfirmSignUp } from './app/sign-up/confirm-sign-up.use-case';
import { ForgetSignUps } from './app/sign-up/forget-sign-ups.job';
import { FoundOrganization } from './app/sign-up/found-organization.use-case';
import { SignUpTokens } from './app/sign-up/sign-up-tokens';
import { RequestSignUp } from './app/sign-up/request-sign-up.use-case';
import { SendSignUpMail } from './app/sign-up/send-sign-up-mail.job';
import { SignUpSwitch } from './app/sign-up/sign-up-switch';
import { ApiKey } from './db/api-key.entity';
import { ApiKeysRepository } from './db/api-keys.repository';
import { IdentitiesRepository } from './db/identities.repository';
import { Membership } from './db/membership.entity';
import { MembershipsRepository } from './db/memberships.repository';
import { Organization } from './db/organization.entity';
import { OrganizationsRepository } from './db/organizations.repository';
import { PeopleRepository } from './db/people.repository';
import { SessionsRepository } from './db/sessions.repository';
import { OperatorAccessesRepository } from './db/operator-accesses.repository';
import { PlatformRepository } from './db/platform.repository';
import { SignUpsRepository } from './db/sign-ups.repository';
import { User } from './db/user.entity';
import { InvitationsController } from './api/invitations.controller';
import { MeController } from './api/me.controller';
import { MembersController } from './api/members.controller';
import { PasswordsController } from './api/passwords.controller';
import { SessionsController } from './api/sessions.controller';
import { ChangeProfile } from './app/account/change-profile.use-case';
import { EndSessions } from './app/account/end-sessions.use-case';
import { ListSessions } from './app/account/list-sessions.query';
import { OwnOrganizations } from './app/account/own-organizations.query';
import { AcceptInvitation } from './app/invitations/accept-invitation.use-case';
import { InvitationMails } from './app/invitations/invitation-mails';
import { InvitationTokens } from './app/invitations/invitation-tokens';
import { TokenHolders } from './app/token-holders';
import { InvitePerson } from './app/invitations/invite-person.use-case';
import { JoinOrganization } from './app/invitations/join-organization.use-case';
import { Joining } from './app/invitations/joining';
import { ListInvitations } from './app/invitations/list-invitations.query';
import { PreviewInvitation } from './app/invitations/preview-invitation.query';
import { ResendInvitation } from './app/invitations/resend-invitation.use-case';
import { RevokeInvitation } from './app/invitations/revoke-invitation.use-case';
import { SendInvitation } from './app/invitations/send-invitation.job';
import { Letters } from './app/letters';
import { ChangeMemberRole } from './app/membership/change-member-role.use-case';
import { ListMembers } from './app/membership/list-members.query';
import { MemberChanges } from './app/membership/member-changes';
import { OrganizationOwners } from './app/membership/organization-owners';
import { RemoveMember } from './app/membership/remove-member.use-case';
import { ChangePassword } from './app/passwords/change-password.use-case';
import { ForgetPasswordResets } from './app/passwords/forget-password-resets.job';
import { NewPasswords } from './app/passwords/new-passwords';
import { RequestPasswordReset } from './app/passwords/request-password-reset.use-case';
import { ResetPassword } from './app/passwords/reset-password.use-case';
import { SendPasswordReset } from './app/passwords/send-password-reset.job';
import { TellPasswordChanged } from './app/passwords/tell-password-changed.job';
import { InvitationsRepository } from './db/invitations.repository';
import { PasswordResetsRepository } from './db/password-resets.repository';

const useCases = [
  AddMember,
  ChangeOrganization,
  AdmitIdentity,
  ChangeProvisioning,
  CheckPassword,
  CreateApiKey,
  CreateOrganization,
  ProvisionUser,
  RefreshSession,
  RenameApiKey,
  RevokeApiKey,
  RotateApiKey,
  SignIn,
  SignInLimits,
  SignOut,
  SwitchOrganization,
];
const queries = [CurrentOrganization, ListApiKeys, WhoAmI];
const credentials = [
  AccessTokens,
  ApiKeyMakers,
  ApiKeyStates,
  ApiKeyUses,
  ExternalIdentities,
  ExternalTokens,
  IdentityLinks,
  IdentityUses,
  Newcomers,
  Members,
  PasswordHasher,
  SessionLifetime,
  SessionOpening,
  SessionStart,
  SessionStates,
];
const platform = [
  CreateOrganizationForOwner,
  EndOperatorAccess,
  Figures,
  InviteOwner,
  ListOrganizations,
  ListOperatorAccesses,
  OpenOperatorAccess,
  OrganizationUse,
  OperatorAccessesRepository,
  OperatorAccessStates,
  OperatorAccessUses,
  OwnerInvitations,
  PlatformRepository,
  ReadOrganization,
  ResumeOrganization,
  SuspendOrganization,
];
const signUp = [
  ConfirmSignUp,
  ForgetSignUps,
  FoundOrganization,
  RequestSignUp,
  SendSignUpMail,
  SignUpSwitch,
  SignUpTokens,
  SignUpsRepository,
];
const repositories = [
  ApiKeysRepository,
  IdentitiesRepository,
  MembershipsRepository,
  OrganizationsRepository,
  PeopleRepository,
  SessionsRepository,
];

const account = [ChangeProfile, EndSessions, ListSessions, OwnOrganizations];
const invitations = [
  AcceptInvitation,
  InvitationMails,
  InvitationTokens,
  TokenHolders,
  InvitePerson,
  JoinOrganization,
  Joining,
  ListInvitations,
  PreviewInvitation,
  ResendInvitation,
  RevokeInvitation,
  SendInvitation,
  InvitationsRepository,
];
const membership = [ChangeMemberRole, ListMembers, MemberChanges, OrganizationOwners, RemoveMember];
const passwords = [
  ChangePassword,
  ForgetPasswordResets,
  NewPasswords,
  RequestPasswordReset,
  ResetPassword,
  SendPasswordReset,
  TellPasswordChanged,
  PasswordResetsRepository,
];

/** Organizations, people, and how they are recognised. Global, since every route asks who is calling. */
@Global()
@Module({
  imports: [AuditModule, DiscoveryModule, ...tenantEntities([Organization, User, Membership, ApiKey])],
  controllers: [
    AuthController,
    OrganizationController,
    SignUpController,
    PlatformController,
    OperatorAccessesController,
    ApiKeysController,
    ProvisioningController,
    InvitationsController,
    MeController,
    MembersController,
    PasswordsController,
    SessionsController,
  ],
  providers: [
    ...useCases,
    ...queries,
    ...credentials,
    ...repositories,
    ...account,
    ...invitations,
    ...membership,
    ...passwords,
    Letters,
    ...signUp,
    ...platform,
    Tenancy,
    ForgetEndedSessions,
    { provide: Authenticator, useClass: CredentialAuthenticator },
    { provide: DenialRecorder, useClass: AuditedDenials },
  ],
  exports: [Authenticator, DenialRecorder, OrganizationOwners, Tenancy],
})
export class TenancyModule {}
