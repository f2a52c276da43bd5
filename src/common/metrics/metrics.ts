import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Database, isUnavailable } from '../database';

interface QueueFigures extends Record<string, unknown> {
  waiting: string;
  scheduled: string;
  running: string;
  dead: string;
  lag_seconds: number;
}

/** The figures of this process and of the queue, for Prometheus. Labels come from closed sets, never from data. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  readonly requests = new Histogram({
    name: 'frontdesk_http_request_duration_seconds',
    help: 'Duration of HTTP requests by route pattern and status.',
    labelNames: ['route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  readonly webhooks = new Counter({
    name: 'frontdesk_webhooks_total',
    help: 'Deliveries of providers by source and outcome.',
    labelNames: ['source', 'outcome'] as const,
    registers: [this.registry],
  });

  readonly limitedRequests = new Counter({
    name: 'frontdesk_limited_requests_total',
    help: 'Requests that were refused because there were too many, by what they were counted by.',
    labelNames: ['by'] as const,
    registers: [this.registry],
  });

  readonly auditEventsLeftOut = new Counter({
    name: 'frontdesk_audit_events_left_out_total',
    help: 'Refusals that came too often to be written to the audit trail, by event type.',
    labelNames: ['event'] as const,
    registers: [this.registry],
  });

  private readonly connections = new Gauge({
    name: 'frontdesk_database_connections',
    help: 'Connections of the pools by state; waiting: callers without one.',
    labelNames: ['pool', 'state'] as const,
    registers: [this.registry],
  });

  private readonly databaseUp = new Gauge({
    name: 'frontdesk_database_up',
    help: '1 while the database answers. At 0 the figures of the queue are left out.',
    registers: [this.registry],
  });

  private readonly jobs = new Gauge({
    name: 'frontdesk_jobs',
    help: 'Jobs in the queue by state.',
    labelNames: ['state'] as const,
    registers: [this.registry],
  });

  private readonly jobLag = new Gauge({
    name: 'frontdesk_job_lag_seconds',
    help: 'How long the longest-waiting due job has been waiting.',
    registers: [this.registry],
  });

  constructor(private readonly database: Database) {
    collectDefaultMetrics({ register: this.registry });
  }

  /** All figures in Prometheus' text format. */
  async expose(): Promise<string> {
    for (const { pool, total, idle, waiting } of this.database.poolFigures()) {
      this.connections.set({ pool, state: 'used' }, total - idle);
      this.connections.set({ pool, state: 'idle' }, idle);
      this.connections.set({ pool, state: 'waiting' }, waiting);
    }
    await this.readQueue();
    return this.registry.metrics();
  }

  private async readQueue(): Promise<void> {
    this.jobs.reset();
    this.jobLag.remove();
    try {
      const [queue] = await this.database.platform<QueueFigures>(
        'SELECT waiting, scheduled, running, dead, lag_seconds FROM job_queue_figures()',
      );
      this.databaseUp.set(1);
      if (!queue) return;
      for (const state of ['waiting', 'scheduled', 'running', 'dead'] as const)
        this.jobs.set({ state }, Number(queue[state]));
      this.jobLag.set(queue.lag_seconds);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      this.databaseUp.set(0);
    }
  }
}
