import { Injectable } from '@nestjs/common';
import { KnownCalls } from '../../../channels';
import { OpenCalls } from '../../db/calls/open-calls.repository';

/** Tells channels what is known here of calls. */
@Injectable()
export class CallsKnownHere extends KnownCalls {
  constructor(private readonly calls: OpenCalls) {
    super();
  }

  underWay(providerCallIds: readonly string[]): Promise<ReadonlySet<string>> {
    return this.calls.underWay(providerCallIds);
  }
}
