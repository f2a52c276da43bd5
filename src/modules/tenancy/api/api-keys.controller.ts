import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import type { OrgScope, Uuid } from '../../../common/context';
import {
  CurrentPrincipal,
  CurrentScope,
  IdParam,
  IfMatch,
  pageOf,
  PageQueryDto,
  Route,
  type Page,
} from '../../../common/http';
import { ApiKeyMakers } from '../app/api-keys/api-key-makers';
import { CreateApiKey } from '../app/api-keys/create-api-key.use-case';
import { ListApiKeys } from '../app/api-keys/list-api-keys.query';
import { RenameApiKey } from '../app/api-keys/rename-api-key.use-case';
import { RevokeApiKey } from '../app/api-keys/revoke-api-key.use-case';
import { RotateApiKey } from '../app/api-keys/rotate-api-key.use-case';
import { OVERLAP_MINUTES } from '../domain/api-key';
import {
  ApiKeyDto,
  CreateApiKeyDto,
  CreatedApiKeyDto,
  RenameApiKeyDto,
  RotateApiKeyDto,
  RotatedApiKeyDto,
} from './api-keys.dto';

@ApiTags('API keys')
@Controller('api-keys')
export class ApiKeysController {
  constructor(
    private readonly makers: ApiKeyMakers,
    private readonly createApiKey: CreateApiKey,
    private readonly apiKeys: ListApiKeys,
    private readonly renameApiKey: RenameApiKey,
    private readonly rotateApiKey: RotateApiKey,
    private readonly revokeApiKey: RevokeApiKey,
  ) {}

  @Route.post('', {
    summary: 'Make an API key',
    description:
      'The answer holds the whole key, once; what is kept of it cannot be turned back into the key. Nobody gives a key more than they have.',
    permission: 'api_keys.manage',
    response: CreatedApiKeyDto,
    idempotent: 'sealed',
    errors: [400, 422],
  })
  async create(
    @Body() { name, scopes, expiresAt }: CreateApiKeyDto,
    @CurrentPrincipal() caller: Principal,
  ): Promise<CreatedApiKeyDto> {
    const maker = await this.makers.of(caller);
    return this.createApiKey.execute({ name, scopes, expiresAt: expiresAt ?? null }, maker);
  }

  @Route.get('', {
    summary: 'List API keys',
    description: 'Newest first, revoked ones included; never a secret.',
    permission: 'api_keys.manage',
    response: pageOf(ApiKeyDto),
    errors: [400, 422],
  })
  list(@Query() { limit, cursor }: PageQueryDto): Promise<Page<ApiKeyDto>> {
    return this.apiKeys.page(limit, cursor);
  }

  @Route.get(':id', {
    summary: 'Read an API key',
    permission: 'api_keys.manage',
    response: ApiKeyDto,
    changesUncounted: true,
    errors: [404],
  })
  read(@IdParam() id: Uuid): Promise<ApiKeyDto> {
    return this.apiKeys.one(id);
  }

  @Route.patch(':id', {
    summary: 'Rename an API key',
    description: 'What it may do and how long it works are settled when it is made.',
    permission: 'api_keys.manage',
    response: ApiKeyDto,
    errors: [400, 404, 422],
  })
  rename(
    @IdParam() id: Uuid,
    @Body() { name }: RenameApiKeyDto,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<ApiKeyDto> {
    return this.renameApiKey.execute(id, name, ifMatch);
  }

  @Route.post(':id/rotate', {
    summary: 'Give an API key another secret',
    description:
      'Name, scopes and expiry stay. The new secret works everywhere at once; the present one until the overlap is over; the one before that, if it still worked, ends. Only who may do as much as the key, and as long, can see its new secret.',
    permission: 'api_keys.manage',
    response: RotatedApiKeyDto,
    status: 200,
    idempotent: 'sealed',
    errors: [400, 404, 409, 422],
  })
  async rotate(
    @IdParam() id: Uuid,
    @Body() { overlapMinutes = OVERLAP_MINUTES.usual }: RotateApiKeyDto,
    @CurrentPrincipal() caller: Principal,
  ): Promise<RotatedApiKeyDto> {
    return this.rotateApiKey.execute(id, overlapMinutes, await this.makers.of(caller));
  }

  @Route.delete(':id', {
    summary: 'Revoke an API key',
    description: 'For good. The key is refused everywhere within a second. Revoking twice is no error.',
    permission: 'api_keys.manage',
    ownTransactions: true,
    errors: [404],
  })
  revoke(
    @IdParam() id: Uuid,
    @CurrentScope() scope: OrgScope,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<void> {
    return this.revokeApiKey.execute(scope, id, ifMatch);
  }
}
