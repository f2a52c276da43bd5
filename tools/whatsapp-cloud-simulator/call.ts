import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Background } from '../twilio-simulator/background';
import type { Faults, FaultTarget } from '../twilio-simulator/faults';
import { sendJson, sendText } from '../twilio-simulator/http-io';
import type { Bearer } from './authentication';
import { MetaError } from './errors';
import type { Violation } from '../twilio-simulator/published-api';

/** A request that is being answered. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly body: Buffer;
  readonly bearer: Bearer;
  /** What is wrong with it by Meta's published description. */
  readonly violations: readonly Violation[];
}

/** Thrown to hang up on the client without an answer. */
export class HangUp extends Error {}

/** Answers calls, and has planted faults strike on the way. */
export class Answering {
  constructor(
    private readonly faults: Faults,
    private readonly background: Background,
  ) {}

  /** Faults that strike before anything is recorded. */
  async early(target: FaultTarget): Promise<void> {
    const isEarly = (fault: { beforeRecording?: boolean }): boolean =>
      target.on === 'read' || fault.beforeRecording === true;
    const delay = this.faults.take('delay', target, isEarly);
    if (delay) await this.background.sleep(delay.ms);
    if (this.faults.take('dropBefore', target)) throw new HangUp();
    const fail = this.faults.take('fail', target);
    if (!fail) return;
    const headers: Record<string, string> =
      fail.retryAfter === undefined ? {} : { 'Retry-After': String(fail.retryAfter) };
    throw new MetaError(fail.status, fail.code, { message: fail.message, headers });
  }

  /** Answers with JSON, unless a fault has it late, garbled, or not at all. */
  async answer({ response }: Call, value: unknown, target: FaultTarget): Promise<void> {
    const drop = this.faults.take('drop', target);
    const delay = this.faults.take('delay', target, (fault) => fault.beforeRecording !== true);
    if (delay) await this.background.sleep(delay.ms);
    if (drop) throw new HangUp();
    const garbled = this.faults.take('malformed', target);
    if (garbled) sendText(response, 200, garbled.body ?? '{"messages":[');
    else sendJson(response, 200, value);
  }
}
