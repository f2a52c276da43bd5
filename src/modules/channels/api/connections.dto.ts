import { ApiProperty } from '@nestjs/swagger';
import { trimmed } from '../../../common/http';
import { Transform } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import type { NewNumber } from '../app/connect-number.use-case';
import { knownSecrets, OVERLAP_HOURS } from '../domain/credentials';
import {
  CHANNELS,
  PROVIDERS,
  ROUTINGS,
  type Channel,
  type ProviderName,
  type Routing,
} from '../domain/channel';
import { VERIFICATION_MODES, type VerificationMode } from '../domain/verification';

/** Twilio's are 32 hex digits; any printable text is left to Twilio's own judgement. */
const AUTH_TOKEN = /^[\x21-\x7e]{16,128}$/;
const AUTH_TOKEN_MESSAGE = 'authToken must be 16 to 128 characters without spaces';

/** The field belongs to numbers of this provider, and is asked for of them alone. */
const of = (provider: ProviderName): PropertyDecorator =>
  ValidateIf((number: ConnectNumberDto) => number.provider === provider);

/** Meta's are up to about 300 characters. */
const ACCESS_TOKEN = /^[\x21-\x7e]{16,1024}$/;
const ACCESS_TOKEN_MESSAGE = 'accessToken must be 16 to 1,024 characters without spaces';
const APP_SECRET = /^[0-9a-f]{32}$/;
const APP_SECRET_MESSAGE = 'appSecret must be 32 hexadecimal digits';
const META_ID = /^[0-9]{1,32}$/;

const MESSAGING_SERVICE = /^MG[0-9a-f]{32}$/;

const isSmsAtTwilio = ({ provider, channel }: ConnectNumberDto): boolean =>
  provider === 'twilio' && channel === 'sms';

const IsMessagingService = (): PropertyDecorator =>
  ValidateBy({
    name: 'messagingService',
    validator: {
      validate: (value, args) =>
        isSmsAtTwilio(args?.object as ConnectNumberDto) && MESSAGING_SERVICE.test(String(value)),
      defaultMessage: () => 'messagingServiceSid must be MG and 32 hexadecimal digits, for channel sms alone',
    },
  });

/** Which channels each provider carries. */
const CARRIED: Readonly<Record<ProviderName, readonly Channel[]>> = {
  twilio: ['whatsapp', 'sms', 'voice'],
  whatsapp_cloud: ['whatsapp'],
};

const IsCarriedByProvider = (): PropertyDecorator =>
  ValidateBy({
    name: 'carriedByProvider',
    validator: {
      validate: (value, args) => {
        const { provider } = args?.object as ConnectNumberDto;
        return !PROVIDERS.includes(provider) || CARRIED[provider].includes(value as Channel);
      },
      defaultMessage: () => 'the provider does not carry this channel',
    },
  });

/**
 * A number, or a Messaging Service. At Twilio: `accountSid`, `authToken` and `address`. At Meta's Cloud API: `businessAccountId`,
 * `phoneNumberId`, `appId`, `appSecret` and `accessToken`; Meta tells the number itself.
 */
export class ConnectNumberDto {
  /** Who carries the messages. @example "twilio" */
  @ApiProperty({ enum: PROVIDERS })
  @IsIn(PROVIDERS)
  provider!: ProviderName;

  /** @example "whatsapp" */
  @ApiProperty({ enum: ['whatsapp', 'sms', 'voice'] })
  @IsIn(['whatsapp', 'sms', 'voice'])
  @IsCarriedByProvider()
  channel!: 'whatsapp' | 'sms' | 'voice';

  /** Twilio's Account SID. @example "AC00000000000000000000000000000001" */
  @of('twilio')
  @Matches(/^AC[0-9a-f]{32}$/, { message: 'accountSid must be AC and 32 hexadecimal digits' })
  accountSid?: string;

  /** Twilio's auth token of that account. Kept encrypted, and never given out again. @example "00000000000000000000000000000002" */
  @ApiProperty({ writeOnly: true })
  @of('twilio')
  @Matches(AUTH_TOKEN, { message: AUTH_TOKEN_MESSAGE })
  authToken?: string;

  /** The business number, in international form; for SMS also a short code. Of a Messaging Service one number of its pool. @example "+14155238886" */
  @of('twilio')
  @IsString()
  @MaxLength(40)
  address?: string;

  /** Meta's id of the WhatsApp Business Account (WABA). @example "102290129340398" */
  @of('whatsapp_cloud')
  @Matches(META_ID, { message: 'businessAccountId must be digits' })
  businessAccountId?: string;

  /** Meta's id of the number. @example "106540352242922" */
  @of('whatsapp_cloud')
  @Matches(META_ID, { message: 'phoneNumberId must be digits' })
  phoneNumberId?: string;

  /** Meta's id of the app that webhooks are configured for. @example "670843887433847" */
  @of('whatsapp_cloud')
  @Matches(META_ID, { message: 'appId must be digits' })
  appId?: string;

  /** The secret of that app at Meta, by which webhooks are signed. Kept encrypted, and never given out again. @example "00000000000000000000000000000004" */
  @ApiProperty({ writeOnly: true })
  @of('whatsapp_cloud')
  @Matches(APP_SECRET, { message: APP_SECRET_MESSAGE })
  appSecret?: string;

  /** Meta's access token of that app for the account, best a system user's. Kept encrypted, and never given out again. @example "EAA0000000000000000000000000005" */
  @ApiProperty({ writeOnly: true })
  @of('whatsapp_cloud')
  @Matches(ACCESS_TOKEN, { message: ACCESS_TOKEN_MESSAGE })
  accessToken?: string;

  /** For SMS by a Messaging Service: its id. All numbers of its pool are this connection's. @example "MG00000000000000000000000000000001" */
  @IsOptional()
  @IsMessagingService()
  messagingServiceSid?: string;

  /** What the members call it, 1 to 100 characters. @example "Front desk" */
  @Transform(trimmed)
  @IsString()
  @Length(1, 100)
  friendlyName!: string;
}

/** A number as connecting takes it. */
export function newNumberOf(number: ConnectNumberDto): NewNumber {
  const { provider, channel, friendlyName, authToken, appId, appSecret, accessToken } = number;
  const secrets = knownSecrets(provider, { authToken, appId, appSecret, accessToken });
  const common = { provider, channel, friendlyName, secrets };
  if (provider === 'whatsapp_cloud') {
    const { businessAccountId: accountId = '', phoneNumberId: numberId = null } = number;
    return { ...common, accountId, numberId, address: null };
  }
  const { accountSid: accountId = '', address = '' } = number;
  return { ...common, accountId, numberId: number.messagingServiceSid ?? null, address };
}

/** What can be changed; what is left out stays. */
export class ChangeConnectionDto {
  /** What the members call it, 1 to 100 characters. @example "Front desk" */
  @Transform(trimmed)
  @IsOptional()
  @IsString()
  @Length(1, 100)
  friendlyName?: string;

  /** false: nothing is sent over it any more. @example true */
  @IsOptional()
  @IsBoolean()
  isActive?: boolean;

  /** How many messages go out in a second at most, 1 to 1,000: what the provider granted this number. @example 80 */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  sendsPerSecond?: number;
}

/** New secrets of the same account: of a number at Twilio `authToken`, of a Cloud API number `accessToken`, `appSecret` or both. */
export class RotateTokenDto {
  /** Twilio's new auth token. Kept encrypted, and never given out again. @example "00000000000000000000000000000003" */
  @ApiProperty({ writeOnly: true })
  @ValidateIf((given: RotateTokenDto) => given.accessToken === undefined && given.appSecret === undefined)
  @Matches(AUTH_TOKEN, { message: AUTH_TOKEN_MESSAGE })
  authToken?: string;

  /** Meta's new access token. Kept encrypted, and never given out again. @example "EAA0000000000000000000000000006" */
  @ApiProperty({ writeOnly: true })
  @IsOptional()
  @Matches(ACCESS_TOKEN, { message: ACCESS_TOKEN_MESSAGE })
  accessToken?: string;

  /** The app's new secret. Kept encrypted, and never given out again. @example "00000000000000000000000000000007" */
  @ApiProperty({ writeOnly: true })
  @IsOptional()
  @Matches(APP_SECRET, { message: APP_SECRET_MESSAGE })
  appSecret?: string;

  /** How many hours deliveries are still taken in that are signed with the secret that is replaced, 0 to 168; 24 when left out. @example 24 */
  @IsOptional()
  @IsInt()
  @Min(OVERLAP_HOURS.min)
  @Max(OVERLAP_HOURS.max)
  overlapHours?: number;
}

/** What is to be entered at the provider. */
export class WebhookSetupDto {
  /** @example "https://frontdesk.example/api/v1/channels/whatsapp-cloud/webhook/0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  webhookUrl!: string;
  /** The same for every connection. An app at Meta has one address for all its numbers. @example "https://frontdesk.example/api/v1/channels/whatsapp-cloud/webhook" */
  sharedWebhookUrl!: string;
  /** Meta asks for it. Null where the provider does not. @example "Zk9mV2JkR3RoYmFkZ2Vycy1hbmQtbWFueS1tb3Jl" */
  verifyToken!: string | null;
}

/** A connected number, without anything of its credentials. */
export class ConnectionDto {
  /** Its id. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  id!: string;
  /** Who carries the messages. @example "twilio" */
  @ApiProperty({ enum: PROVIDERS })
  provider!: ProviderName;
  /** @example "whatsapp" */
  @ApiProperty({ enum: CHANNELS })
  channel!: Channel;
  /** The business number: E.164, or a short code. @example "+14155238886" */
  address!: string;
  /** The account at the provider. @example "AC00000000000000000000000000000001" */
  accountId!: string;
  /** The provider's own id of the number, where it has one: of a Messaging Service, or Meta's phone number id. @example "MG0123456789abcdef0123456789abcdef" */
  numberId!: string | null;
  /** What the members call it. @example "Front desk" */
  friendlyName!: string;
  /** Whether the number is this organization's alone. @example "dedicated" */
  @ApiProperty({ enum: ROUTINGS })
  routing!: Routing;
  /** false: nothing is sent over it. @example true */
  isActive!: boolean;
  /** How many messages go out in a second at most. @example 80 */
  sendsPerSecond!: number;
  /** When the provider last accepted the credentials. @example "2026-01-05T10:00:00.000Z" */
  lastVerifiedAt!: Date | null;
  /** `observe`: until `observeUntil` deliveries whose signature does not fit are taken in all the same. @example "enforce" */
  @ApiProperty({ enum: VERIFICATION_MODES })
  verificationMode!: VerificationMode;
  /** When signatures are enforced again; null as long as they are. @example "2026-01-06T10:00:00.000Z" */
  observeUntil!: Date | null;
  /** When the credentials end by themselves, as the provider told it then; null for those that do not. @example "2026-03-05T10:00:00.000Z" */
  credentialsExpireAt!: Date | null;
  /** Until then deliveries may be signed with the secret that was replaced; null where there is none. @example "2026-01-06T10:00:00.000Z" */
  previousCredentialsUntil!: Date | null;
  /** One more with every change; stands in the answer's `ETag`. @example 7 */
  version!: number;
  /** What to enter at the provider as the number's webhook; of an app at Meta with several numbers `sharedWebhookUrl`. @example "https://frontdesk.example/api/v1/channels/whatsapp/webhook/0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  webhookUrl!: string;
  /** The same for every connection; the number in the delivery tells which one is meant. @example "https://frontdesk.example/api/v1/channels/whatsapp/webhook" */
  sharedWebhookUrl!: string;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  /** @example "2026-01-05T10:00:00.000Z" */
  updatedAt!: Date;
}
