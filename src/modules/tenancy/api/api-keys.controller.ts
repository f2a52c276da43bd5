import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import type { OrgScope, Uuid } from '../../../common/context';
import {
  CurrentPrincipal,
  CurrentScope,
  IdParam,
  pageOf,
  PageQueryDto,
  Route,
  type Page,
} from '../../../common/http';
import { CreateApiKey } from '../app/create-api-key.use-case';
import { ListApiKeys } from '../app/list-api-keys.query';
import { RevokeApiKey } from '../app/revoke-api-key.use-case';
import { ApiKeyDto, CreateApiKeyDto, CreatedApiKeyDto } from './api-keys.dto';

@ApiTags('API keys')
@Controller('api-keys')
export class ApiKeysController {
  constructor(
    private readonly createApiKey: CreateApiKey,
    private readonly listApiKeys: ListApiKeys,
    private readonly revokeApiKey: RevokeApiKey,
  ) {}

  // Not idempotent by key: the kept answer would hold the secret.
  @Route.post('', {
    summary: 'Make an API key',
    description:
      'The answer holds the whole key, once; what is kept of it cannot be turned back into the key.',
    permission: 'api_keys.manage',
    response: CreatedApiKeyDto,
    errors: [400, 422],
  })
  create(
    @Body() { name, scopes, expiresAt }: CreateApiKeyDto,
    @CurrentPrincipal() maker: Principal,
  ): Promise<CreatedApiKeyDto> {
    const createdBy = maker.actor.type === 'user' ? maker.actor.id : null;
    return this.createApiKey.execute({
      name,
      scopes,
      expiresAt: expiresAt ?? null,
      createdBy,
      held: maker.permissions,
    });
  }

  @Route.get('', {
    summary: 'List API keys',
    description: 'Newest first, revoked ones included; never a secret.',
    permission: 'api_keys.manage',
    response: pageOf(ApiKeyDto),
    errors: [400, 422],
  })
  list(@Query() { limit, cursor }: PageQueryDto): Promise<Page<ApiKeyDto>> {
    return this.listApiKeys.page(limit, cursor);
  }

  @Route.delete(':id', {
    summary: 'Revoke an API key',
    description: 'For good. The key is refused everywhere within a second. Revoking twice is no error.',
    permission: 'api_keys.manage',
    ownTransactions: true,
    errors: [404],
  })
  revoke(@IdParam() id: Uuid, @CurrentScope() scope: OrgScope): Promise<void> {
    return this.revokeApiKey.execute(scope, id);
  }
}
