import { Injectable } from '@nestjs/common';
import { Config } from '../../../common/config';
import { Clock } from '../../../common/time/clock';

const DAY = 86_400_000;

/** How long a session lives without being used. */
@Injectable()
export class SessionLifetime {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** When a session that is used now will end. */
  end(): Date {
    return new Date(this.clock.now().getTime() + this.config.auth.refreshTokenTtlDays * DAY);
  }
}
