import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Config } from '../../../common/config';
import { Clock } from '../../../common/time/clock';
import { SendsUnderWay, type ConsentLine } from '../../channels';
import { HandOversRepository } from '../db/hand-overs.repository';

/** Between a claim and the call of the provider, and between its answer and the record of it, there is at most so much. */
const AROUND_THE_CALL_MS = 10_000;
const SHORTEST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;

/** Waits for messages that are being handed over: looks again and again, since what ends them is another transaction. */
@Injectable()
export class HandOvers extends SendsUnderWay {
  constructor(
    private readonly handOvers: HandOversRepository,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {
    super();
  }

  /** As long as any can take: one that was begun earlier has died, and its sender does not call the provider any more. */
  async end(lines: readonly ConsentLine[]): Promise<void> {
    const longestMs = this.config.longestProviderCallMs + AROUND_THE_CALL_MS;
    const giveUp = performance.now() + longestMs;
    const asked = lines.map(({ phone, channel, purpose }) => ({ phone, channel, purpose }));
    for (let pause = SHORTEST_PAUSE_MS; performance.now() < giveUp; pause *= 1.5) {
      const since = new Date(this.clock.now().getTime() - longestMs);
      if (!(await this.handOvers.any(asked, since))) return;
      await sleep(Math.min(pause, LONGEST_PAUSE_MS));
    }
  }
}
