import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { newId, systemScope, type OrgScope, type Uuid } from '../../src/common/context';
import { Conflict } from '../../src/common/errors';
import { DomainEvent, EventBus, Subscribe } from '../../src/common/events';
import { JobHandler, JobQueue, type JobRun } from '../../src/common/jobs';
import { Schedule, ScheduledJob } from '../../src/common/schedule';
import { aMember, anOrganization, as, testApp, type TestApp, type TestOrganization } from '../support';

const ORG = newId();
const OTHER_ORG = newId();

class Refused extends Conflict {
  readonly code = 'refused_for_a_test';
  constructor(secret: string) {
    super(`the secret is ${secret}`);
  }
}

@Injectable()
@JobHandler({ name: 'test.remember', transaction: 'own' })
class Remember {
  readonly seen: { word: string; run: JobRun }[] = [];
  handle({ word }: { word: string }, run: JobRun): Promise<void> {
    this.seen.push({ word, run });
    return Promise.resolve();
  }
}

@Injectable()
@JobHandler({ name: 'test.fail', transaction: 'own', maxAttempts: 1 })
class Fail {
  broken = true;
  done = 0;
  handle(): Promise<void> {
    if (this.broken) return Promise.reject(new Refused('hunter2'));
    this.done++;
    return Promise.resolve();
  }
}

@Injectable()
@JobHandler({ name: 'test.wait', transaction: 'own' })
class Wait {
  runs = 0;
  finish: () => void = () => undefined;
  private readonly finished = new Promise<void>((resolve) => (this.finish = resolve));
  handle(): Promise<void> {
    this.runs++;
    return this.finished;
  }
}

class SomethingHappened extends DomainEvent<{ orgId: Uuid; thingId: Uuid }> {
  static readonly eventName = 'test.something-happened';
}

@Injectable()
@Subscribe(SomethingHappened, 'test.listen-well')
class GoodListener {
  readonly heard: string[] = [];
  handle({ payload }: SomethingHappened): Promise<void> {
    this.heard.push(payload.thingId);
    return Promise.resolve();
  }
}

@Injectable()
@Subscribe(SomethingHappened, 'test.listen-badly')
class BadListener {
  handle(): Promise<void> {
    return Promise.reject(new Error('cannot listen'));
  }
}

@Injectable()
@ScheduledJob({ name: 'test.recur', cron: '0 0 1 1 *' })
class Recur {
  runs = 0;
  run(): Promise<void> {
    this.runs++;
    return Promise.resolve();
  }
}

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly nextCursor: string | null;
}

const PARTS = [Remember, Fail, Wait, GoodListener, BadListener, Recur];

describe('the job queue', () => {
  let app: TestApp;
  const inOrg = <T>(work: () => Promise<T>, org = ORG): Promise<T> =>
    app.database.runInOrg(systemScope(org), work);
  const enqueue = (...args: Parameters<JobQueue['enqueue']>): Promise<void> =>
    inOrg(() => app.nest.get(JobQueue).enqueue(...args));

  beforeAll(async () => {
    app = await testApp({ providers: PARTS });
    await app.db.query(
      `INSERT INTO organizations (id, name, slug) VALUES ($1, 'One', 'one'), ($2, 'Two', 'two')`,
      [ORG, OTHER_ORG],
    );
  });
  afterAll(() => app.stop());

  it('runs a job once its transaction has committed', async () => {
    await enqueue('test.remember', { word: 'committed' });
    await app.settled();
    const remembered = app.nest.get(Remember).seen.filter(({ word }) => word === 'committed');
    expect(remembered).toMatchObject([{ run: { attempt: 1, maxAttempts: 12 } }]);
  });

  it('forgets a job whose transaction was rolled back', async () => {
    const failing = inOrg(async () => {
      await app.nest.get(JobQueue).enqueue('test.remember', { word: 'rolled back' });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await app.settled();
    expect(app.nest.get(Remember).seen.map(({ word }) => word)).not.toContain('rolled back');
  });

  it('replaces a pending job of the same key, within one organization only', async () => {
    const later = new Date(Date.now() + 3_600_000);
    await enqueue('test.remember', { word: 'first' }, { key: 'k', runAt: later });
    await enqueue('test.remember', { word: 'second' }, { key: 'k', runAt: later });
    await inOrg(
      () => app.nest.get(JobQueue).enqueue('test.remember', { word: 'other' }, { key: 'k', runAt: later }),
      OTHER_ORG,
    );
    const rows = await app.db.query<{ word: string }>(
      `SELECT payload->>'word' AS word FROM graphile_worker._private_jobs WHERE key LIKE '%:k' ORDER BY id`,
    );
    expect(rows.map(({ word }) => word)).toEqual(['second', 'other']);
  });

  it('refuses a job for another organization than the one at hand, and one of no organization from a request', async () => {
    await expect(enqueue('test.remember', { orgId: OTHER_ORG })).rejects.toThrow(
      'belongs to the organization at hand',
    );
    await app.database.runInOrg({ ...systemScope(ORG), pool: 'app' }, async () => {
      await expect(
        app.database.tx.query(
          `SET LOCAL app.org_id = ''; SELECT enqueue_job('x', '{}', NULL, NULL, NULL, NULL)`,
        ),
      ).rejects.toThrow('a job needs an organization');
      await app.database.tx.query('ROLLBACK');
      await app.database.tx.query('BEGIN');
    });
  });

  it('gives each listener of an event a job of its own', async () => {
    const thingId = newId();
    await inOrg(() => app.nest.get(EventBus).publish(new SomethingHappened({ orgId: ORG, thingId })));
    await app.settled();
    expect(app.nest.get(GoodListener).heard).toEqual([thingId]);
    const waiting = await app.db.query(
      `SELECT t.identifier, j.attempts FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
       WHERE t.identifier LIKE 'test.something-happened%'`,
    );
    expect(waiting).toEqual([{ identifier: 'test.something-happened>test.listen-badly', attempts: 1 }]);
  });

  it('keeps class and code of an error, never its words', async () => {
    await enqueue('test.fail', {});
    await app.settled();
    const [dead] = await app.db.query<{ last_error: string }>(
      `SELECT last_error FROM graphile_worker._private_jobs WHERE attempts >= max_attempts`,
    );
    expect(dead?.last_error).toContain('Refused (refused_for_a_test)');
    expect(dead?.last_error).not.toContain('hunter2');
    expect(app.logs.join('')).not.toContain('hunter2');
  });

  it('fires recurring work once per slot, however many instances fire', async () => {
    const schedule = app.nest.get(Schedule);
    const slot = new Date('2026-01-01T00:00:00Z');
    const fired = await Promise.all(Array.from({ length: 20 }, () => schedule.fire('test.recur', slot)));
    expect(fired.filter(Boolean)).toHaveLength(1);
    await app.settled();
    expect(app.nest.get(Recur).runs).toBe(1);
  });

  it('frees the jobs of a worker that died', async () => {
    await enqueue('test.remember', { word: 'orphan' }, { runAt: new Date(Date.now() + 3_600_000) });
    await app.db.query(
      `UPDATE graphile_worker._private_jobs SET locked_by = 'worker-that-died', locked_at = now() - interval '5 seconds', run_at = now()
       WHERE payload->>'word' = 'orphan'`,
    );
    await app.settled();
    expect(app.nest.get(Remember).seen.map(({ word }) => word)).toContain('orphan');
  });

  it('leaves a job with its worker as long as that lives', async () => {
    await enqueue('test.wait', {});
    const wait = app.nest.get(Wait);
    while (wait.runs === 0) await sleep(20);
    const held = () =>
      app.db.query<{ locked_by: string }>(
        `UPDATE graphile_worker._private_jobs j SET locked_at = locked_at - interval '1 minute'
         FROM graphile_worker._private_tasks t WHERE t.id = j.task_id AND t.identifier = 'test.wait' RETURNING j.locked_by`,
      );
    const before = await held();
    expect(before).toEqual([{ locked_by: expect.stringMatching(/^worker-/) }]);
    expect(await app.database.platform('SELECT release_jobs_of_dead_workers()')).toEqual([]);
    expect(await held()).toEqual(before);
    wait.finish();
    await app.settled();
    expect(wait.runs).toBe(1);
    expect(await held()).toEqual([]);
  });

  it('locks its jobs by the id whose advisory lock it holds', async () => {
    const [row] = await app.db.query<{ held: string }>(
      `SELECT count(*) AS held FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    expect(row?.held).toBe('1');
  });
});

describe('dead jobs', () => {
  let app: TestApp;
  let org: TestOrganization;
  let other: TestOrganization;
  let admin: string;

  const dead = async (token: string): Promise<{ id: string }[]> =>
    ((await as(app, token).get('/jobs/dead').expect(200)).body as { items: { id: string }[] }).items;
  const fail = async (scope: OrgScope): Promise<void> => {
    await app.database.runInOrg(scope, () => app.nest.get(JobQueue).enqueue('test.fail', {}));
    await app.settled();
  };

  beforeAll(async () => {
    app = await testApp({ providers: PARTS });
    [org, other] = [await anOrganization(app), await anOrganization(app)];
    admin = (await aMember(app, org.orgId, 'admin')).token;
  });
  afterAll(() => app.stop());
  beforeEach(() => (app.nest.get(Fail).broken = true));

  it('are listed to admins, without what they were about, and to no other organization', async () => {
    await fail(org.scope);
    expect(await dead(admin)).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        task: 'test.fail',
        attempts: 1,
        lastError: expect.stringContaining('Refused (refused_for_a_test)'),
        createdAt: expect.any(String),
        failedAt: expect.any(String),
      },
    ]);
    expect(await dead(other.ownerToken)).toEqual([]);
    for (const role of ['agent', 'viewer'] as const) {
      const { token } = await aMember(app, org.orgId, role);
      await as(app, token).get('/jobs/dead').expect(403);
    }
  });

  it('are listed newest first, page by page', async () => {
    await fail(org.scope);
    const all = (await dead(admin)).map(({ id }) => id);
    expect(all.length).toBeGreaterThanOrEqual(2);
    expect(all).toEqual([...all].sort((a, b) => Number(b) - Number(a)));
    const first = (await as(app, admin).get('/jobs/dead?limit=1').expect(200)).body as Page;
    const second = (await as(app, admin).get(`/jobs/dead?limit=1&cursor=${first.nextCursor}`).expect(200))
      .body as Page;
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(all.slice(0, 2));
  });

  it('run again when an admin replays them', async () => {
    await fail(org.scope);
    const [job] = await dead(admin);
    const count = (await dead(admin)).length;
    const handler = app.nest.get(Fail);
    await as(app, admin).post(`/jobs/dead/${job?.id}/replay`).expect(204);
    await app.settled();
    // It fails again, and is dead again.
    expect(await dead(admin)).toHaveLength(count);
    handler.broken = false;
    await as(app, admin).post(`/jobs/dead/${job?.id}/replay`).expect(204);
    await app.settled();
    expect(handler.done).toBe(1);
    expect((await dead(admin)).map(({ id }) => id)).not.toContain(job?.id);
    await as(app, admin).post(`/jobs/dead/${job?.id}/replay`).expect(404);
  });

  it('are replayed by nobody else', async () => {
    await fail(org.scope);
    const [job] = await dead(admin);
    const path = `/jobs/dead/${job?.id}/replay`;
    app.nest.get(Fail).broken = false;
    const { done } = app.nest.get(Fail);
    const foreign = await as(app, other.ownerToken).post(path).expect(404);
    const absent = await as(app, other.ownerToken).post('/jobs/dead/999999999/replay').expect(404);
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
    await as(app, (await aMember(app, org.orgId, 'agent')).token)
      .post(path)
      .expect(403);
    await app.http().post(`/api/v1${path}`).expect(401);
    await app.settled();
    expect(app.nest.get(Fail).done).toBe(done);
    expect((await dead(admin)).map(({ id }) => id)).toContain(job?.id);
  });

  it.each(['x', '-1', '1.5', '0', '9999999999999999999', `1'--`])('are not found by %s', async (id) => {
    const { body } = await as(app, admin)
      .post(`/jobs/dead/${encodeURIComponent(id)}/replay`)
      .expect(404);
    expect(body).toMatchObject({ code: 'dead_job_not_found' });
  });
});
