import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Channels, Consent } from '../../channels';
import type { OutgoingMessage } from '../domain/message';

/** Numbers of which a provider said that nobody can be reached there: nothing more is sent to them on that channel. */
@Injectable()
export class UnreachableNumbers {
  constructor(
    private readonly channels: Channels,
    private readonly consent: Consent,
  ) {}

  /** These messages, which are locked, could not be delivered for that. */
  async note(messages: readonly OutgoingMessage[]): Promise<void> {
    for (const id of new Set(messages.flatMap(({ connectionId }) => connectionId ?? [])))
      await this.noteOn(
        id,
        messages.filter(({ connectionId }) => connectionId === id),
      );
  }

  /** Of several messages to one address the newest tells. */
  private async noteOn(connectionId: Uuid, messages: readonly OutgoingMessage[]): Promise<void> {
    const connection = await this.channels.connection(connectionId);
    if (!connection) return;
    const latest = new Map<string, Date>();
    for (const { to, attemptedAt, createdAt } of messages) {
      const at = attemptedAt ?? createdAt;
      if (at > (latest.get(to) ?? new Date(0))) latest.set(to, at);
    }
    const failures = [...latest].map(([phone, at]) => ({ phone, at }));
    await this.consent.noteUnreachable(failures, connection.channel);
  }
}
