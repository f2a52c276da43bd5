import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bulkPreview } from './bulk.bench';
import { contactReads } from './contacts.bench';
import { contactImport } from './import.bench';
import { dispatchOfQueue } from './dispatch.bench';
import { webhookIntake } from './intake.bench';
import { messageList } from './list.bench';
import { liveReplies, type ReplyResult } from './live-reply.bench';
import { rowLevelSecurity } from './rls.bench';
import { META, TWILIO } from './support/deliveries';
import { median, type Comparison } from './support/measure';
import { report, type Finding } from './support/report';
import { makeWorld, type World } from './support/world';
import { workerUnderLoad } from './worker.bench';

/** What a missed promise would take. */
const REMEDY = {
  policy:
    'Executing under the policy costs next to nothing; planning its condition takes some microseconds a statement, which shows ' +
    'where a read takes less than a tenth of a millisecond. Named prepared statements would plan once, at the price of session ' +
    'state that a transaction-pooling proxy must support.',
  statement:
    'BEGIN with its settings, planning the condition of the policy and making the page are what remains around the statement itself.',
  growth: 'Indexes get a level deeper, and less of them stays in the cache.',
  preview:
    'Both read the same rows; the rest is the sample of five texts, and looking up template and connection.',
  import:
    'Both pay the same triggers and indexes; the rest is reading, checking every row by the rules of contacts, and a commit a batch.',
  dispatch:
    'Both make the same calls by the same SDK; the rest is claiming, asking consent, and recording in two transactions a batch.',
  reply:
    'A bulk message that is taken when the reply is there: the claim must look at replies first, and leave them a slot.',
  http:
    'The rest of the way is NestJS with its guards, interceptors and validation on Fastify (0.73 to 0.78 of node:http by itself): ' +
    'a route of its own beside the framework would close it.',
} as const;

/** Resident memory: the highest, and how much the second half of the run lies above the first. */
function memoryLine(name: string, samples: readonly number[]): string {
  const half = Math.floor(samples.length / 2);
  const mean = (part: readonly number[]): number => part.reduce((sum, value) => sum + value, 0) / part.length;
  const growth = mean(samples.slice(half)) - mean(samples.slice(0, half));
  return `${name}: at most ${Math.max(...samples).toFixed(0)} MB resident (promise: under 300, and flat); second half of the load against the first: ${growth >= 0 ? '+' : ''}${growth.toFixed(0)} MB.`;
}

function atMost(limit: number, name: string, comparison: Comparison, remedy: string): Finding {
  return { name, promise: `at most ${limit}`, comparison, kept: comparison.ratio <= limit, remedy };
}

function atLeast(limit: number, name: string, comparison: Comparison, remedy: string): Finding {
  return { name, promise: `at least ${limit}`, comparison, kept: comparison.ratio >= limit, remedy };
}

/** The worst counts: a reply is late or it is not. */
function slotsWaited({ waited }: ReplyResult): Finding {
  const [lowest, highest] = [Math.min(...waited), Math.max(...waited)];
  return {
    name: 'live reply during a bulk send: slots waited',
    promise: 'never more than 1',
    comparison: { product: waited, baseline: [], ratio: median(waited), lowest, highest },
    kept: highest <= 1,
    remedy: REMEDY.reply,
  };
}

function underWayLine({ underWay }: ReplyResult): string {
  return `Live reply: bulk messages that were being handed over when it was written, and arrived before it: ${median(underWay)} (median), at most ${Math.max(...underWay)}.`;
}

interface Results {
  readonly findings: readonly Finding[];
  readonly notes?: readonly string[];
  readonly memory?: readonly string[];
}

/** What can be run by itself: `npm run bench -- contacts`. The order is that of a whole run: imports change the book. */
const PARTS: Readonly<Record<string, (world: World) => Promise<Results>>> = {
  async rls(world) {
    const reads = Object.entries(await rowLevelSecurity(world));
    return {
      findings: reads.map(([name, comparison]) =>
        atMost(1.03, `row-level security: ${name}`, comparison, REMEDY.policy),
      ),
    };
  },
  async contacts(world) {
    const { times, overHttp, growth } = await contactReads(world);
    return {
      findings: [
        ...Object.entries(times).map(([name, it]) => atMost(1.5, `contacts: ${name}`, it, REMEDY.statement)),
        atLeast(0.5, 'contacts: list over HTTP', overHttp, REMEDY.http),
        ...Object.entries(growth).map(([name, it]) =>
          atMost(1.3, `10,000 to 1,000,000 contacts: ${name}`, it, REMEDY.growth),
        ),
      ],
    };
  },
  async preview(world) {
    return {
      findings: [atMost(1.5, 'preview of a bulk send to 200,000', await bulkPreview(world), REMEDY.preview)],
    };
  },
  async import(world) {
    return {
      findings: [atLeast(0.25, 'import of 100,000 contacts', await contactImport(world), REMEDY.import)],
    };
  },
  /** With the worker, which gets through what the intake leaves. */
  async intake(world) {
    const twilio = await webhookIntake(world, TWILIO);
    const meta = await webhookIntake(world, META);
    const worker = await workerUnderLoad(world);
    return {
      findings: [
        atLeast(0.6, 'webhook intake: Twilio', twilio.comparison, REMEDY.http),
        atLeast(0.6, 'webhook intake: Meta', meta.comparison, REMEDY.http),
      ],
      memory: [
        memoryLine('API process, during intake of Twilio', twilio.residentMegabytes),
        memoryLine('API process, during intake of Meta', meta.residentMegabytes),
        memoryLine(`worker process, over ${worker.deliveries} deliveries`, worker.residentMegabytes),
      ],
    };
  },
  async list(world) {
    return { findings: [atLeast(0.5, 'list of 50 messages', await messageList(world), REMEDY.http)] };
  },
  async dispatch(world) {
    return {
      findings: [atLeast(0.5, 'dispatch of 10,000 messages', await dispatchOfQueue(world), REMEDY.dispatch)],
    };
  },
  async 'live-reply'(world) {
    const result = await liveReplies(world);
    return { findings: [slotsWaited(result)], notes: [underWayLine(result)] };
  },
};

/** Runs the parts that are named, or all of them, which writes RESULTS.md. */
async function main(named: readonly string[]): Promise<void> {
  const unknown = named.filter((name) => !(name in PARTS));
  if (unknown.length > 0)
    throw new Error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
  console.log('Building 1,000,000 contacts in 1,000 organizations …');
  const world = await makeWorld();
  try {
    const results: Results[] = [];
    for (const [name, part] of Object.entries(PARTS)) {
      if (named.length > 0 && !named.includes(name)) continue;
      console.log(`${name} …`);
      results.push(await part(world));
    }
    const [version] = await world.query<{ v: string }>(`SELECT current_setting('server_version') AS v`);
    const findings = results.flatMap((result) => result.findings);
    const text = report(
      findings,
      results.flatMap(({ notes = [] }) => notes),
      results.flatMap(({ memory = [] }) => memory),
      version?.v ?? '',
    );
    if (named.length === 0) writeFileSync(join(process.cwd(), 'bench', 'RESULTS.md'), text);
    console.log(`\n${text}`);
  } finally {
    await world.stop();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
