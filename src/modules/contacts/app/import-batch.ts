import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import type { ImportRun } from '../db/contact-imports.repository';
import { ContactImportsRepository } from '../db/contact-imports.repository';
import { ImportFilesRepository } from '../db/import-files.repository';
import { ContactTarget, DraftTarget } from '../db/import-targets';
import { ContactBecameHot } from '../domain/contact-became-hot';
import { ImportPlan, type PlannedConsent } from '../domain/import-plan';
import { readRow, type RowRules } from '../domain/import-row';
import { RulesForContacts } from './contact-rules';
import { ImportedConsent } from './imported-consent';

/** A row as it stood in the file. */
export interface RawRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Works off some rows of a file in the transaction at hand: contacts, consent, errors and counts together, or none of it. */
@Injectable()
export class ImportBatch {
  constructor(
    private readonly database: Database,
    private readonly imports: ContactImportsRepository,
    private readonly files: ImportFilesRepository,
    private readonly contacts: ContactTarget,
    private readonly rules: RulesForContacts,
    private readonly events: EventBus,
    private readonly modules: ModuleRef,
  ) {}

  /** False when the run may not write any more; then nothing was written. */
  async work(run: ImportRun & { runId: Uuid }, rows: readonly RawRow[]): Promise<boolean> {
    if (!(await this.imports.hold(run.id, run.runId))) return false;
    const rules = await this.rulesOf(run);
    const read = rows.map(({ line, cells }) => readRow(line, cells, rules));
    const target = run.dryRun ? new DraftTarget(this.database, run.id, this.contacts) : this.contacts;
    const values = (name: 'phone' | 'email'): string[] => [
      ...new Set(read.flatMap(({ change }) => change[name] ?? [])),
    ];
    const plan = new ImportPlan(await target.known(values('phone'), values('email')), rules);
    for (const row of read) plan.add(row);
    // Opt-outs wait for messages that are under way, whose end is noted on contacts: before any is locked by a change.
    if (!run.dryRun) await this.record(run.id, plan.consent);
    await target.write(plan.created, plan.updated);
    if (!run.dryRun) {
      const { orgId } = this.database.tx;
      for (const contactId of plan.becameHot)
        await this.events.publish(new ContactBecameHot({ orgId, contactId }));
    }
    await this.files.report(run.id, plan.errors);
    await this.imports.advance(run.id, rows.length, plan.counts);
    return true;
  }

  private async rulesOf({ settings, startedAt }: ImportRun): Promise<RowRules> {
    const { at, ...consent } = settings.consent;
    return {
      ...(await this.rules.forWriting()),
      mapping: settings.mapping,
      width: settings.width,
      consent: { ...consent, ...(at ? { at: new Date(at) } : {}) },
      now: startedAt ?? new Date(),
    };
  }

  private async record(importId: Uuid, consent: readonly PlannedConsent[]): Promise<void> {
    if (consent.length === 0) return;
    await this.modules.get(ImportedConsent, { strict: false }).record(
      consent.map(({ contactId, phone, channel, purpose, action, at, line, wording, source }) => ({
        contactId,
        phone,
        channel,
        purpose,
        action,
        at,
        evidence: { importId, line, ...(wording ? { wording } : {}), ...(source ? { source } : {}) },
      })),
    );
  }
}
