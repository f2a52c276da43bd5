import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database, violatesUnique } from '../../../common/database';
import { ConsentWordTaken, type ConsentWord } from '../domain/consent-word';
import type { ConsentAnswer, OwnText } from '../domain/consent-texts';

/** A word as it is kept. */
export interface ConsentWordRow extends ConsentWord, Record<string, unknown> {
  readonly id: Uuid;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const VIEW = `id, word, language, action, purpose, reply, version, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Words about consent of the organization's own, and its own texts that answer words. */
@Injectable()
export class ConsentWordsRepository {
  constructor(private readonly database: Database) {}

  all(): Promise<ConsentWordRow[]> {
    const { tx } = this.database;
    return tx.query<ConsentWordRow>(`SELECT ${VIEW} FROM consent_keywords WHERE org_id = $1 ORDER BY id`, [
      tx.orgId,
    ]);
  }

  find(id: Uuid, lock: '' | 'FOR UPDATE' = ''): Promise<ConsentWordRow | undefined> {
    const { tx } = this.database;
    return tx.one<ConsentWordRow>(
      `SELECT ${VIEW} FROM consent_keywords WHERE org_id = $1 AND id = $2 ${lock}`,
      [tx.orgId, id],
    );
  }

  /** By the word as it is compared. */
  byWord(compared: string): Promise<ConsentWordRow | undefined> {
    const { tx } = this.database;
    return tx.one<ConsentWordRow>(
      `SELECT ${VIEW} FROM consent_keywords WHERE org_id = $1 AND normalized_word = $2`,
      [tx.orgId, compared],
    );
  }

  /** Lets one word be added at a time: how many there are is a rule. */
  async countLocked(): Promise<number> {
    const { tx } = this.database;
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`consent_keywords:${tx.orgId}`]);
    return (await tx.query('SELECT id FROM consent_keywords WHERE org_id = $1', [tx.orgId])).length;
  }

  /** Throws {@link ConsentWordTaken}. */
  async insert(compared: string, { word, language, action, purpose, reply }: ConsentWord): Promise<Uuid> {
    const { tx } = this.database;
    const id = newId();
    try {
      await tx.query(
        `INSERT INTO consent_keywords (org_id, id, word, normalized_word, language, action, purpose, reply)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [tx.orgId, id, word, compared, language, action, purpose, reply],
      );
    } catch (error) {
      throw violatesUnique(error, 'consent_keywords_word_key') ? new ConsentWordTaken() : error;
    }
    return id;
  }

  /** Of a locked word. */
  async change(id: Uuid, { language, purpose, reply }: Omit<ConsentWord, 'word' | 'action'>): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      'UPDATE consent_keywords SET language = $3, purpose = $4, reply = $5 WHERE org_id = $1 AND id = $2',
      [tx.orgId, id, language, purpose, reply],
    );
  }

  async delete(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.query('DELETE FROM consent_keywords WHERE org_id = $1 AND id = $2', [tx.orgId, id]);
  }

  /** Texts of the organization's own. */
  texts(): Promise<(OwnText & Record<string, unknown>)[]> {
    const { tx } = this.database;
    return tx.query(
      'SELECT answer, language, body AS text FROM consent_texts WHERE org_id = $1 ORDER BY language, answer',
      [tx.orgId],
    );
  }

  /** Null takes the own text away. */
  async setText(answer: ConsentAnswer, language: string, text: string | null): Promise<void> {
    const { tx } = this.database;
    if (text === null)
      await tx.query('DELETE FROM consent_texts WHERE org_id = $1 AND answer = $2 AND language = $3', [
        tx.orgId,
        answer,
        language,
      ]);
    else
      await tx.query(
        `INSERT INTO consent_texts (org_id, id, answer, language, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (org_id, answer, language) DO UPDATE SET body = EXCLUDED.body`,
        [tx.orgId, newId(), answer, language, text],
      );
  }

  /** The language of the organization. */
  async locale(): Promise<string> {
    const { tx } = this.database;
    const row = await tx.one<{ locale: string }>('SELECT locale FROM organizations WHERE id = $1', [
      tx.orgId,
    ]);
    return row?.locale ?? 'en';
  }
}
