import { setTimeout as sleep } from 'node:timers/promises';
import { newId, systemScope, type OrgScope } from '../../src/common/context';
import { TooMuchContention } from '../../src/common/database';
import { testApp, type TestApp } from '../support';

const ORG = newId();
const OTHER_ORG = newId();

describe('the org-scoped transaction', () => {
  let app: TestApp;
  const scope: OrgScope = systemScope(ORG);
  const contactNames = async (): Promise<string[]> =>
    (await app.db.query<{ name: string }>('SELECT name FROM contacts ORDER BY name')).map(({ name }) => name);
  const addContact = (name: string, org = ORG): Promise<number> =>
    app.database.tx.execute('INSERT INTO contacts (org_id, id, name) VALUES ($1, $2, $3)', [
      org,
      newId(),
      name,
    ]);

  beforeAll(async () => {
    app = await testApp({ env: { ROLE: 'api', DATABASE_POOL_SIZE: '3' } });
    await app.db.query(
      `INSERT INTO organizations (id, name, slug) VALUES ($1, 'One', 'one'), ($2, 'Two', 'two')`,
      [ORG, OTHER_ORG],
    );
  });
  beforeEach(() => app.db.query('DELETE FROM contacts'));
  afterAll(() => app.stop());

  it('sets organization, user, actor and request', async () => {
    const [user, request] = [newId(), newId()];
    const asUser: OrgScope = { ...scope, actor: { type: 'user', id: user }, requestId: request, pool: 'app' };
    const row = await app.database.runInOrg(asUser, () =>
      app.database.tx.one(
        `SELECT auth_org_id() AS org, auth_user_id() AS user, current_user AS role, current_setting('app.actor_type') AS type,
           current_setting('app.actor_id') AS actor, current_setting('app.request_id') AS request`,
      ),
    );
    expect(row).toEqual({ org: ORG, user, role: 'frontdesk_app', type: 'user', actor: user, request });
  });

  it('shows nothing and takes nothing of another organization', async () => {
    await app.database.runInOrg(systemScope(OTHER_ORG), () => addContact('theirs', OTHER_ORG));
    const seen = await app.database.runInOrg(scope, () => app.database.tx.query('SELECT id FROM contacts'));
    expect(seen).toEqual([]);
    const smuggling = app.database.runInOrg(scope, () => addContact('smuggled', OTHER_ORG));
    await expect(smuggling).rejects.toMatchObject({ code: '42501' });
    expect(await contactNames()).toEqual(['theirs']);
  });

  it('shows nothing without an organization, also on a connection that had one before', async () => {
    for (let i = 0; i < 6; i++) await app.database.runInOrg(scope, () => addContact(`contact ${i}`));
    for (let i = 0; i < 6; i++) expect(await app.database.platform('SELECT id FROM contacts')).toEqual([]);
    expect(await app.database.runAsPlatform(() => app.database.tx.query('SELECT id FROM contacts'))).toEqual(
      [],
    );
  });

  it('takes no connection before the first statement', async () => {
    const total = (): number =>
      app.database.poolFigures().reduce((sum, pool) => sum + pool.total - pool.idle, 0);
    await app.database.runInOrg(scope, () => {
      expect(total()).toBe(0);
      return Promise.resolve();
    });
  });

  it('joins a transaction of the same organization and refuses another one', async () => {
    await app.database.runInOrg(scope, async () => {
      await addContact('outer');
      await app.database.runInOrg(scope, () => addContact('inner'));
      await expect(app.database.runInOrg(systemScope(OTHER_ORG), () => Promise.resolve())).rejects.toThrow(
        'one organization',
      );
      await expect(app.database.runAsPlatform(() => Promise.resolve())).rejects.toThrow(
        'inside an organization',
      );
      await expect(app.database.platform('SELECT 1')).rejects.toThrow('second connection');
    });
    expect(await contactNames()).toEqual(['inner', 'outer']);
  });

  it('has no way to the database outside of it', () => {
    expect(() => app.database.tx).toThrow('runInOrg');
  });

  it('undoes everything when the work throws', async () => {
    await expect(
      app.database.runInOrg(scope, async () => {
        await addContact('never');
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await contactNames()).toEqual([]);
  });

  it('does not report success when a failed statement was swallowed', async () => {
    await expect(
      app.database.runInOrg(scope, async () => {
        await addContact('lost');
        await app.database.tx.query('SELECT 1/0').catch(() => undefined);
      }),
    ).rejects.toThrow('rolled back');
    expect(await contactNames()).toEqual([]);
  });

  describe('that only reads', () => {
    const reading: OrgScope = { ...scope, readOnly: true };

    it.each<[string, () => Promise<unknown>]>([
      ['was swallowed', () => app.database.tx.query('SELECT 1/0').catch(() => undefined)],
      [
        'was swallowed beside one that did not fail',
        async () => {
          await app.database.tx.query('SELECT 1');
          await app.database.tx.query('SELECT 1/0').catch(() => undefined);
          await app.database.tx.query('SELECT 1').catch(() => undefined);
        },
      ],
      [
        'is not answered yet',
        () => {
          app.database.tx.query('SELECT 1/0').catch(() => undefined);
          return Promise.resolve();
        },
      ],
      [
        'went through TypeORM',
        async () => (await app.database.tx.manager()).query('SELECT 1/0').catch(() => undefined),
      ],
    ])('does not report success when a failed statement %s', async (_which, work) => {
      await expect(app.database.runInOrg(reading, work)).rejects.toThrow('rolled back');
    });

    it('cannot write', async () => {
      await expect(app.database.runInOrg(reading, () => addContact('never'))).rejects.toMatchObject({
        code: '25006',
      });
    });

    it('counts, even when its connection breaks before COMMIT is answered; the pool throws that one away', async () => {
      const unhandled: unknown[] = [];
      const onUnhandled = (reason: unknown): number => unhandled.push(reason);
      process.on('unhandledRejection', onUnhandled);
      const connections = (): number =>
        app.database.poolFigures().find(({ pool }) => pool === reading.pool)?.total ?? 0;
      for (let i = 0; i < 5; i++) {
        let before = 0;
        const read = await app.database.runInOrg(reading, async () => {
          const row = await app.database.tx.one<{ pid: number }>('SELECT pg_backend_pid() AS pid');
          before = connections();
          await app.db.query('SELECT pg_terminate_backend($1, 10000)', [row?.pid]);
          return row;
        });
        expect(read).toEqual({ pid: expect.any(Number) });
        while (connections() === before) await sleep(5);
      }
      process.off('unhandledRejection', onUnhandled);
      expect(unhandled).toEqual([]);
    });
  });

  it('lets TypeORM take part: its nested transactions are savepoints of ours', async () => {
    await app.database.runInOrg(scope, async () => {
      const manager = await app.database.tx.manager();
      await addContact('kept');
      await manager
        .transaction(async (nested) => {
          await nested.query('INSERT INTO contacts (org_id, id, name) VALUES ($1, $2, $3)', [
            ORG,
            newId(),
            'undone',
          ]);
          throw new Error('only this part');
        })
        .catch(() => undefined);
    });
    expect(await contactNames()).toEqual(['kept']);
  });

  it('runs the whole work again after a deadlock, and gives up with 503 words', async () => {
    let runs = 0;
    const name = await app.database.runInOrg(scope, async () => {
      runs++;
      if (runs < 3)
        await app.database.tx.query(`DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$`);
      await addContact('third time');
      return 'done';
    });
    expect([name, runs, await contactNames()]).toEqual(['done', 3, ['third time']]);
    await expect(
      app.database.runInOrg(scope, () =>
        app.database.tx.query(`DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$`),
      ),
    ).rejects.toBeInstanceOf(TooMuchContention);
  });

  it('gives every connection back, also after errors on broken ones', async () => {
    const broken = Array.from({ length: 12 }, () =>
      app.database.runInOrg(scope, () =>
        app.database.tx.query('SELECT pg_terminate_backend(pg_backend_pid())'),
      ),
    );
    expect((await Promise.allSettled(broken)).every(({ status }) => status === 'rejected')).toBe(true);
    const working = Array.from({ length: 12 }, () =>
      app.database.runInOrg(scope, () => app.database.tx.one('SELECT 1 AS one')),
    );
    expect(await Promise.all(working)).toEqual(Array(12).fill({ one: 1 }));
  });
});
