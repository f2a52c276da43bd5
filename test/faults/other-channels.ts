import { createHash } from 'node:crypto';
import type { Uuid } from '../../src/common/context';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import type { WhatsappCloudSimulator } from '../../tools/whatsapp-cloud-simulator';
import { anOrganization, type TestApp } from '../support';
import { aCloudConnection } from '../support/cloud';
import { aConnection, aTwilioNumber } from '../support/connections';
import { aVoiceNumber } from '../support/voice';
import { spread, type Looks } from './scene';

type Part = 'sms' | 'cloud' | 'voice';

/** One of these is delivered twice at the same time. */
const TWICE = 5;

/**
 * What comes over SMS, Meta's WhatsApp and the telephone, while something happens to a server that a test plays on Twilio's
 * WhatsApp: an organization of its own, so that neither counts what is the other's.
 */
export class OtherChannels {
  /** The provider's ids of what was accepted. */
  private readonly accepted: Readonly<Record<Part, Set<string>>> = {
    sms: new Set(),
    cloud: new Set(),
    voice: new Set(),
  };

  private constructor(
    private readonly orgId: Uuid,
    private readonly deliver: Readonly<Record<Part, (index: number) => Promise<string | undefined>>>,
  ) {}

  /** Connects a number of each. */
  static async on(
    app: TestApp,
    { twilio, cloud }: { readonly twilio: TwilioSimulator; readonly cloud: WhatsappCloudSimulator },
  ): Promise<OtherChannels> {
    const { orgId, ownerToken } = await anOrganization(app);
    const sms = await aConnection(app, twilio, ownerToken, aTwilioNumber(twilio, { channel: 'sms' }));
    const { number } = await aCloudConnection(app, cloud, ownerToken);
    const { address } = await aVoiceNumber({ app, twilio }, ownerToken);
    return new OtherChannels(orgId, {
      async sms(index) {
        const messageSid = sidOf('SM', index);
        const one = { from: phoneOf(index), to: sms.number.address, body: `SMS ${index}`, messageSid };
        const results = await copies(index, () =>
          twilio.receive({ ...one, retries: 300, retryDelayMs: 100 }),
        );
        return results.every(({ delivered }) => delivered) ? messageSid : undefined;
      },
      async cloud(index) {
        const id = `wamid.${sidOf('', index)}`;
        const one = { numberId: number.numberId, from: phoneOf(index), text: `by Meta ${index}`, id };
        const results = await copies(index, () => cloud.receive(one));
        return results.every(({ delivered }) => delivered) ? id : undefined;
      },
      async voice(index) {
        const callSid = sidOf('CA', index);
        await twilio.call({ from: phoneOf(index), to: address, callSid, copies: index % TWICE ? 1 : 2 });
        return callSid;
      },
    });
  }

  /** Delivers, two of each at a time, until it is over. */
  async play(isOver: () => boolean): Promise<void> {
    await Promise.all(
      (Object.keys(this.deliver) as Part[]).map((part) =>
        spread([0, 1], 2, async (lane) => {
          for (let index = lane; !isOver(); index += 2) {
            const id = await this.deliver[part](index);
            if (id !== undefined) this.accepted[part].add(id);
          }
        }),
      ),
    );
  }

  /** Whatever was accepted stands there once, worked off. */
  async expectOnce(db: Looks): Promise<void> {
    const { sms, cloud, voice } = this.accepted;
    const messages = await db.query<{ id: string }>(
      `SELECT provider_message_id AS id FROM messages WHERE org_id = $1 AND direction = 'incoming'`,
      [this.orgId],
    );
    expect(messages.map(({ id }) => id).sort()).toEqual([...sms, ...cloud].sort());
    const calls = await db.query<{ id: string; status: string }>(
      'SELECT provider_call_id AS id, status FROM calls WHERE org_id = $1',
      [this.orgId],
    );
    expect(calls.map(({ id }) => id).sort()).toEqual([...voice].sort());
    expect(calls.filter(({ status }) => status !== 'missed')).toEqual([]);
    for (const { size } of [sms, cloud, voice]) expect(size).toBeGreaterThan(2);

    const events = await db.query<{ type: string; count: number }>(
      `SELECT event_type AS type, count(*)::int FROM processed_webhook_events WHERE org_id = $1 AND status = 'processed' GROUP BY 1 ORDER BY 1`,
      [this.orgId],
    );
    // Of each call its beginning and its end.
    expect(events).toEqual([
      { type: 'call', count: voice.size },
      { type: 'call_status', count: voice.size },
      { type: 'message', count: sms.size + cloud.size },
    ]);
    const waiting = await db.query(
      `SELECT processing_status, error_message FROM webhook_logs WHERE org_id = $1 AND processing_status <> 'processed'`,
      [this.orgId],
    );
    expect(waiting).toEqual([]);
  }
}

const phoneOf = (index: number): string => `+4915161${String(index % 10).padStart(6, '0')}`;
const sidOf = (prefix: string, index: number): string =>
  prefix + createHash('md5').update(`other ${index}`).digest('hex');

/** Some are delivered twice at once. */
function copies<Result>(index: number, deliver: () => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: index % TWICE ? 1 : 2 }, deliver));
}
