import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Imports that were started before keep no headings either: they are people where the first row was taken for some. */
export class ImportHeadings1763600000016 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE contact_imports NO FORCE ROW LEVEL SECURITY;
      UPDATE contact_imports SET settings = settings - 'headings' WHERE settings ? 'headings';
      ALTER TABLE contact_imports FORCE ROW LEVEL SECURITY;`);
  }

  /** What was forgotten is not brought back. */
  async down(): Promise<void> {
    await Promise.resolve();
  }
}
