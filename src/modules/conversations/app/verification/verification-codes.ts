import { createHmac, hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../../../common/config';
import type { Uuid } from '../../../../common/context';
import type { OutgoingMessage } from '../../domain/message';
import { CODE_PLACE } from '../../domain/verification/verification-text';

const DIGITS = 6;
const CODES = 10 ** DIGITS;

/**
 * One-time codes. A code is stored nowhere: it is computed from the id of its verification, which is that of the message too, by
 * HMAC-SHA256 under a key that only the program has. Who reads the database, or a message, learns none.
 */
@Injectable()
export class VerificationCodes {
  private readonly key: Buffer;

  constructor(config: Config) {
    const { jwtSecret } = config.auth;
    this.key = Buffer.from(hkdfSync('sha256', jwtSecret, '', 'frontdesk phone verification v1', 32));
  }

  /** Six digits. */
  of(orgId: Uuid, verificationId: Uuid): string {
    const digest = createHmac('sha256', this.key)
      .update(JSON.stringify([orgId, verificationId]))
      .digest();
    return String(digest.readUIntBE(0, 6) % CODES).padStart(DIGITS, '0');
  }

  /** A message's text as the person reads it. Never to be stored or logged. */
  told({ id, isCode, body }: Pick<OutgoingMessage, 'id' | 'isCode' | 'body'>, orgId: Uuid): string | null {
    return isCode ? (body?.replace(CODE_PLACE, this.of(orgId, id)) ?? null) : body;
  }
}
