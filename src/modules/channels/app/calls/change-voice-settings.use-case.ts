import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { checkVersion } from '../../../../common/http';
import { toE164 } from '../../../contacts';
import { ConnectionsRepository } from '../../db/connections.repository';
import { VoiceSettingsRepository } from '../../db/calls/voice-settings.repository';
import { ConnectionNotFound } from '../../domain/errors';
import { VoiceSettingsInvalid, type VoiceSettingsProblem } from '../../domain/voice-errors';
import type { MissedCallText, VoiceSettings, VoiceSettingsChange } from '../../domain/voice-settings';
import { ConsentWords } from '../consent-words';
import { forwardProblems, invitationProblems } from './voice-settings-problems';
import { VoiceSettingsOf, type VoiceSettingsView } from './voice-settings-of.query';

/** Chooses what a number does when somebody calls. */
@Injectable()
export class ChangeVoiceSettings {
  constructor(
    private readonly connections: ConnectionsRepository,
    private readonly current: VoiceSettingsOf,
    private readonly kept: VoiceSettingsRepository,
    private readonly words: ConsentWords,
  ) {}

  /** Throws `ConnectionNotFound`, `NotAVoiceConnection`, `StaleVersion` and `VoiceSettingsInvalid`. */
  async execute(id: Uuid, change: VoiceSettingsChange, ifMatch?: number): Promise<VoiceSettingsView> {
    if ((await this.connections.lockVersion(id)) === undefined) throw new ConnectionNotFound();
    const { connectionId, version, ...before } = await this.current.view(id);
    checkVersion(version, ifMatch);
    const given = Object.fromEntries(
      Object.entries<unknown>(change).filter(([, value]) => value !== undefined),
    );
    const missedCallText = { ...before.missedCallText, ...change.missedCallText };
    const forwardTo = (change.forwardTo ?? before.forwardTo).map((number) => toE164(number) ?? number);
    const settings: VoiceSettings = { ...before, ...given, missedCallText, forwardTo };
    const problems = [
      ...forwardProblems(forwardTo, await this.kept.ownNumbers()),
      ...(await this.missedTextProblems(missedCallText)),
      ...invitationProblems(change, await this.words.reserved()),
    ];
    if (problems.length > 0) throw new VoiceSettingsInvalid(problems);
    await this.kept.save(connectionId, settings);
    return this.current.view(id);
  }

  private async missedTextProblems({
    enabled,
    connectionId,
  }: MissedCallText): Promise<VoiceSettingsProblem[]> {
    const field = 'missedCallText.connectionId';
    const problem = (code: VoiceSettingsProblem['code'], message: string) => [{ field, code, message }];
    if (connectionId === null) return enabled ? problem('required', 'say over which number is written') : [];
    const connection = await this.connections.find(connectionId);
    if (!connection) return problem('unknown', 'there is no connection with this id');
    return connection.channel === 'voice'
      ? problem('channel', 'nothing is written over this connection')
      : [];
  }
}
