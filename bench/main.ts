import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contactImport } from './import.bench';
import { webhookIntake } from './intake.bench';
import { messageList } from './list.bench';
import { rowLevelSecurity } from './rls.bench';
import type { Comparison } from './support/measure';
import { report, type Finding } from './support/report';
import { makeWorld } from './support/world';
import { workerUnderLoad } from './worker.bench';

/** What a missed promise would take. */
const REMEDY = {
  policy:
    'Executing under the policy costs next to nothing; planning its condition takes some microseconds a statement, which shows ' +
    'where a read takes less than a tenth of a millisecond. Named prepared statements would plan once, at the price of session ' +
    'state that a transaction-pooling proxy must support.',
  import:
    'Both pay the same triggers and indexes; the rest is reading, checking every row by the rules of contacts, and a commit a batch.',
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

async function main(): Promise<void> {
  console.log('Building 1,000,000 contacts in 1,000 organizations …');
  const world = await makeWorld();
  try {
    const findings: Finding[] = [];
    console.log('Row-level security …');
    for (const [name, comparison] of Object.entries(await rowLevelSecurity(world)))
      findings.push(atMost(1.03, `row-level security: ${name}`, comparison, REMEDY.policy));
    console.log('Import of 100,000 contacts …');
    findings.push(atLeast(0.25, 'import of 100,000 contacts', await contactImport(world), REMEDY.import));
    console.log('Webhook intake …');
    const intake = await webhookIntake(world);
    findings.push(atLeast(0.6, 'webhook intake', intake.comparison, REMEDY.http));
    console.log('List of 50 messages …');
    findings.push(atLeast(0.5, 'list of 50 messages', await messageList(world), REMEDY.http));
    console.log('The worker, on what the intake left …');
    const worker = await workerUnderLoad(world);
    const [version] = await world.query<{ v: string }>(`SELECT current_setting('server_version') AS v`);
    const text = report(
      findings,
      [
        memoryLine('API process, during intake', intake.residentMegabytes),
        memoryLine(`worker process, over ${worker.deliveries} deliveries`, worker.residentMegabytes),
      ],
      version?.v ?? '',
    );
    writeFileSync(join(process.cwd(), 'bench', 'RESULTS.md'), text);
    console.log(`\n${text}`);
  } finally {
    await world.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
