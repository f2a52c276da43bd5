import { Global, Module } from '@nestjs/common';
import { Authenticator, DenialRecorder } from '../../common/auth';
import { tenantEntities } from '../../common/database';
import { AuditModule } from '../audit';
import { ApiKeysController } from './api/api-keys.controller';
import { AuthController } from './api/auth.controller';
import { SignUpController } from './api/sign-up.controller';
import { OrganizationController } from './api/organization.controller';
import { AccessTokens } from './app/access-tokens';
import { AddMember } from './app/add-member.use-case';
import { ApiKeyMakers } from './app/api-key-makers';
import { ApiKeyStates } from './app/api-key-states';
import { ApiKeyUses } from './app/api-key-uses';
import { AuditedDenials } from './app/audited-denials';
import { ChangeOrganization } from './app/change-organization.use-case';
import { CheckPassword } from './app/check-password';
import { CreateApiKey } from './app/create-api-key.use-case';
import { CreateOrganization } from './app/create-organization.use-case';
import { CredentialAuthenticator } from './app/credential-authenticator';
import { CurrentOrganization } from './app/current-organization.query';
import { ForgetEndedSessions } from './app/forget-ended-sessions.job';
import { ListApiKeys } from './app/list-api-keys.query';
import { Members } from './app/members';
import { PasswordHasher } from './app/password-hasher';
import { RefreshSession } from './app/refresh-session.use-case';
import { RenameApiKey } from './app/rename-api-key.use-case';
import { RevokeApiKey } from './app/revoke-api-key.use-case';
import { RotateApiKey } from './app/rotate-api-key.use-case';
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
import { ConfirmSignUp } from './app/sign-up/confirm-sign-up.use-case';
import { ForgetSignUps } from './app/sign-up/forget-sign-ups.job';
import { FoundOrganization } from './app/sign-up/found-organization.use-case';
import { RequestSignUp } from './app/sign-up/request-sign-up.use-case';
import { SendSignUpMail } from './app/sign-up/send-sign-up-mail.job';
import { SignUpSwitch } from './app/sign-up/sign-up-switch';
import { ApiKey } from './db/api-key.entity';
import { ApiKeysRepository } from './db/api-keys.repository';
import { Membership } from './db/membership.entity';
import { Organization } from './db/organization.entity';
import { OrganizationsRepository } from './db/organizations.repository';
import { PeopleRepository } from './db/people.repository';
import { SessionsRepository } from './db/sessions.repository';
import { SignUpsRepository } from './db/sign-ups.repository';
import { User } from './db/user.entity';

const useCases = [
  AddMember,
  ChangeOrganization,
  CheckPassword,
  CreateApiKey,
  CreateOrganization,
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
  Members,
  PasswordHasher,
  SessionLifetime,
  SessionOpening,
  SessionStart,
  SessionStates,
];
const signUp = [
  ConfirmSignUp,
  ForgetSignUps,
  FoundOrganization,
  RequestSignUp,
  SendSignUpMail,
  SignUpSwitch,
  SignUpsRepository,
];
const repositories = [ApiKeysRepository, OrganizationsRepository, PeopleRepository, SessionsRepository];

/** Organizations, people, and how they are recognised. Global, since every route asks who is calling. */
@Global()
@Module({
  imports: [AuditModule, ...tenantEntities([Organization, User, Membership, ApiKey])],
  controllers: [AuthController, OrganizationController, SignUpController, ApiKeysController],
  providers: [
    ...useCases,
    ...queries,
    ...credentials,
    ...repositories,
    ...signUp,
    Tenancy,
    ForgetEndedSessions,
    { provide: Authenticator, useClass: CredentialAuthenticator },
    { provide: DenialRecorder, useClass: AuditedDenials },
  ],
  exports: [Authenticator, DenialRecorder, Tenancy],
})
export class TenancyModule {}
