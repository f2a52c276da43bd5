import { randomUUID } from 'node:crypto';
import { SimulatorInputError } from './errors';

/** When a fault applies. */
export interface FaultScope {
  /** Only this account; all accounts when absent. */
  accountSid?: string;
  /** Only requests with exactly this `To`; all when absent. */
  to?: string;
  /** For how many requests: a number (default 1) or until cleared. */
  times?: number | 'always';
  /** Which requests: message creation (default), or fetch and list. For `fail`, `delay`, `dropBefore`. */
  on?: 'create' | 'read';
}

/** What goes wrong. The README's table says what each of them does. */
export type FaultEffect =
  | { kind: 'fail'; status: number; code: number; message?: string; retryAfter?: number }
  | { kind: 'delay'; ms: number; beforeRecording?: boolean }
  | { kind: 'drop'; callbacks?: boolean }
  | { kind: 'dropBefore' }
  | { kind: 'malformed'; body?: string }
  | { kind: 'disableCallbacks' }
  | { kind: 'duplicateCallbacks'; copies?: number }
  | { kind: 'shuffleCallbacks' }
  | {
      kind: 'failDelivery';
      errorCode: number;
      status?: 'undelivered' | 'failed';
      errorMessage?: string;
    };

/** A fault to plant. */
export type FaultInput = FaultScope & FaultEffect;

/** A planted fault; `remaining` counts down to its end. */
export type Fault = FaultInput & { id: string; remaining: number | 'always' };

/** Names of all faults. */
export const FAULT_KINDS: readonly FaultEffect['kind'][] = [
  'fail',
  'delay',
  'drop',
  'dropBefore',
  'malformed',
  'disableCallbacks',
  'duplicateCallbacks',
  'shuffleCallbacks',
  'failDelivery',
];

/** What a request must say for a fault to find it. */
export interface FaultTarget {
  accountSid: string;
  to: string | null;
  on: 'create' | 'read';
}

type FaultOf<K extends FaultEffect['kind']> = Extract<Fault, { kind: K }>;

/** The planted faults. Each request takes the oldest matching one of each kind that it meets. */
export class Faults {
  readonly #planted = new Map<string, Fault>();

  /**
   * Plants a fault; the answer bears its id.
   * @throws SimulatorInputError when a number is out of bounds
   */
  add(input: FaultInput): Fault {
    checkFault(input);
    const fault: Fault = { ...input, id: randomUUID(), remaining: input.times ?? 1 };
    this.#planted.set(fault.id, fault);
    return { ...fault };
  }

  /** Removes one fault, those of an account, or (without a filter) all. Answers how many were removed. */
  clear(filter: { id?: string; accountSid?: string } = {}): number {
    let removed = 0;
    for (const fault of [...this.#planted.values()]) {
      if (filter.id !== undefined && fault.id !== filter.id) continue;
      if (filter.accountSid !== undefined && fault.accountSid !== filter.accountSid) continue;
      this.#planted.delete(fault.id);
      removed++;
    }
    return removed;
  }

  /** The faults that are still to come. */
  list(): Fault[] {
    return [...this.#planted.values()].map((fault) => ({ ...fault }));
  }

  /** Takes the oldest fault of this kind that matches, using it up by one; undefined if there is none. */
  take<K extends FaultEffect['kind']>(
    kind: K,
    target: FaultTarget,
    accept: (fault: FaultOf<K>) => boolean = () => true,
  ): FaultOf<K> | undefined {
    for (const fault of this.#planted.values()) {
      if (!isKind(fault, kind) || !matches(fault, target) || !accept(fault)) continue;
      if (fault.remaining !== 'always' && --fault.remaining <= 0) this.#planted.delete(fault.id);
      return fault;
    }
    return undefined;
  }
}

function isKind<K extends FaultEffect['kind']>(fault: Fault, kind: K): fault is FaultOf<K> {
  return fault.kind === kind;
}

function matches(fault: Fault, target: FaultTarget): boolean {
  return (
    (fault.on ?? 'create') === target.on &&
    (fault.accountSid === undefined || fault.accountSid === target.accountSid) &&
    (fault.to === undefined || fault.to === target.to)
  );
}

function checkFault(fault: FaultInput): void {
  if (!FAULT_KINDS.includes(fault.kind)) {
    throw new SimulatorInputError(`kind must be one of ${FAULT_KINDS.join(', ')}`);
  }
  if (fault.times !== undefined && fault.times !== 'always') within('times', fault.times, 1, 1e6);
  if (fault.kind === 'fail') {
    within('status', fault.status, 400, 599);
    within('code', fault.code, 1, 999_999);
    if (fault.retryAfter !== undefined) within('retryAfter', fault.retryAfter, 0, 3600);
  }
  if (fault.kind === 'delay') within('ms', fault.ms, 0, 120_000);
  if (fault.kind === 'duplicateCallbacks' && fault.copies !== undefined) {
    within('copies', fault.copies, 1, 100);
  }
  if (fault.kind === 'failDelivery') within('errorCode', fault.errorCode, 1, 999_999);
}

function within(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new SimulatorInputError(`${name} must be a whole number from ${low} to ${high}`);
  }
}
