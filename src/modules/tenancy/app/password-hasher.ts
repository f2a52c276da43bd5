import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { TooManySignIns } from '../domain/errors';

/** OWASP Password Storage Cheat Sheet: Argon2id (the library's default) with 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Hashing runs on libuv's four threads, which JWT checks and name lookups need too: half of them stay free. */
const AT_ONCE = 2;
/** About a second of work. Whoever comes on top of that is told to try again. */
const MAX_WAITING = 64;

/** Hashes and checks passwords, few at a time: a flood of sign-ins waits in line and starves nothing else. */
@Injectable()
export class PasswordHasher {
  /** What a hash costs. A property of the one object of the program, so that a test of something else can pay less. */
  readonly cost: Readonly<Record<'memoryCost' | 'timeCost' | 'parallelism', number>> = COST;

  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private dummy: Promise<string> | undefined;

  /** Argon2id in PHC form, with a salt of its own. */
  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, this.cost));
  }

  /**
   * True when the password belongs to the hash. Without a hash it does the same work and says no, so that the time
   * taken does not tell whether there is one. Throws {@link TooManySignIns}.
   */
  async verify(storedHash: string | null | undefined, password: string): Promise<boolean> {
    const against = storedHash ?? (await this.dummyHash());
    const matches = await this.inTurn(() => verify(against, password));
    return matches && typeof storedHash === 'string';
  }

  /** Made before it is needed: the first unknown address must not take longer than the next. */
  async onModuleInit(): Promise<void> {
    await this.dummyHash();
  }

  private dummyHash(): Promise<string> {
    this.dummy ??= hash('no password at all', this.cost);
    return this.dummy;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < AT_ONCE) this.running++;
    else {
      if (this.waiting.length >= MAX_WAITING) throw new TooManySignIns();
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      // The place is handed on, not given back: nobody can slip in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
