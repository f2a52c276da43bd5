import { Injectable } from '@nestjs/common';
import { newId, systemScope } from '../context';
import { Database } from '../database';
import { Clock } from '../time/clock';
import { CHECKS, examineCatalogue } from './examine';
import type { Ask, Finding } from './finding';
import type { IsolationReportDto } from './isolation-report.dto';
import { CONNECTION_PROBES, probeConnection } from './probes/connection';
import { readTargets, type Target } from './probes/target';

/** The same limits for every statement of it; two processes look one after the other. */
const BOUNDS = `SET LOCAL search_path = public; SET LOCAL statement_timeout = '10s'; SET LOCAL lock_timeout = '10s'`;
const ONE_AT_A_TIME = `SELECT pg_advisory_xact_lock(hashtextextended('frontdesk.isolation-check', 0))`;

/** Examines the database with the connections that the server has, and changes nothing. */
@Injectable()
export class IsolationCheck {
  private running: Promise<IsolationReportDto> | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Callers at the same time share one examination. Throws what the driver throws. */
  run(): Promise<IsolationReportDto> {
    this.running ??= this.examine().finally(() => (this.running = undefined));
    return this.running;
  }

  private async examine(): Promise<IsolationReportDto> {
    const { findings, targets } = await this.database.runAsPlatform(() => this.examineAsService());
    const nobody = systemScope(newId());
    for (const pool of ['service', 'app'] as const)
      findings.push(
        ...(await this.database.runInOrg({ ...nobody, pool, readOnly: true }, () =>
          this.tryPool(pool, targets),
        )),
      );
    return { checkedAt: this.clock.now(), checks: CHECKS.length + CONNECTION_PROBES, findings };
  }

  private async examineAsService(): Promise<{ findings: Finding[]; targets: Target[] }> {
    const ask = await this.bounded();
    await ask(ONE_AT_A_TIME);
    const targets = await readTargets(ask);
    const findings = await examineCatalogue(ask);
    return {
      findings: [...findings, ...(await probeConnection(ask, 'frontdesk_service', targets))],
      targets,
    };
  }

  private async tryPool(pool: 'app' | 'service', targets: readonly Target[]): Promise<Finding[]> {
    return probeConnection(await this.bounded(), `frontdesk_${pool}`, targets);
  }

  private async bounded(): Promise<Ask> {
    const { tx } = this.database;
    for (const setting of BOUNDS.split('; ')) await tx.query(setting);
    return (sql, params) => tx.query(sql, params);
  }
}
