import { createHmac, hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../../../common/config';
import { asUuid, isUuid, type Uuid } from '../../../../common/context';
import { constantTimeEqual } from '../../../../common/crypto';
import { Clock } from '../../../../common/time/clock';

const MEMBER_MS = 5 * 60 * 1000;
/** A provider may hold a message back for hours before it fetches the file. */
const PROVIDER_MS = 24 * 60 * 60 * 1000;

/** What a link says of itself. */
export interface LinkQuery {
  readonly org?: string | undefined;
  readonly expires?: string | undefined;
  readonly signature?: string | undefined;
}

/** Links that open one file for a while, to whoever has them. */
@Injectable()
export class MediaLinks {
  private readonly key: Buffer;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    const { jwtSecret } = config.auth;
    this.key = Buffer.from(hkdfSync('sha256', jwtSecret, '', 'frontdesk media link v1', 32));
  }

  /** For five minutes at least; the same link throughout each five, so that a page that is read again finds it in its cache. */
  forMember(orgId: Uuid, id: Uuid): string {
    const now = this.clock.now().getTime();
    return this.link(orgId, id, (Math.floor(now / MEMBER_MS) + 2) * MEMBER_MS);
  }

  /** For the provider that is to send the file. */
  forProvider(orgId: Uuid, id: Uuid): string {
    return this.link(orgId, id, this.clock.now().getTime() + PROVIDER_MS);
  }

  /** The organization whose file the link opens; undefined when it is forged or over. Asks no database. */
  opens(id: Uuid, { org, expires, signature }: LinkQuery): Uuid | undefined {
    if (!isUuid(org) || signature === undefined || !/^\d{1,12}$/.test(expires ?? '')) return undefined;
    const orgId = asUuid(org);
    const until = Number(expires);
    if (!constantTimeEqual(signature, this.sign(orgId, id, until))) return undefined;
    return this.clock.now().getTime() < until * 1000 ? orgId : undefined;
  }

  private link(orgId: Uuid, id: Uuid, untilMs: number): string {
    const expires = Math.floor(untilMs / 1000);
    const query = new URLSearchParams({
      org: orgId,
      expires: String(expires),
      signature: this.sign(orgId, id, expires),
    });
    return `${this.config.http.publicUrl}/api/v1/media/${id}/content?${query.toString()}`;
  }

  private sign(orgId: Uuid, id: Uuid, expires: number): string {
    return createHmac('sha256', this.key)
      .update(JSON.stringify([orgId, id, expires]))
      .digest('base64url');
  }
}
