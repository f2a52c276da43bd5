import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { webhookIntake } from './intake.bench';
import { messageList } from './list.bench';
import { rowLevelSecurity } from './rls.bench';
import { report, type Finding } from './support/report';
import { makeWorld } from './support/world';
import { workerUnderLoad } from './worker.bench';

/** Resident memory: the highest, and how much the second half of the run lies above the first. */
function memoryLine(name: string, samples: readonly number[]): string {
  const half = Math.floor(samples.length / 2);
  const mean = (part: readonly number[]): number => part.reduce((sum, value) => sum + value, 0) / part.length;
  const growth = mean(samples.slice(half)) - mean(samples.slice(0, half));
  return `${name}: at most ${Math.max(...samples).toFixed(0)} MB resident (promise: under 300); second half of the load against the first: ${growth >= 0 ? '+' : ''}${growth.toFixed(0)} MB.`;
}

async function main(): Promise<void> {
  console.log('Building 1,000,000 contacts in 1,000 organizations …');
  const world = await makeWorld();
  try {
    const findings: Finding[] = [];
    console.log('Row-level security …');
    for (const [name, comparison] of Object.entries(await rowLevelSecurity(world)))
      findings.push({
        name: `row-level security: ${name}`,
        promise: 'at most 1.03',
        comparison,
        kept: comparison.ratio <= 1.03,
      });
    console.log('Webhook intake …');
    const intake = await webhookIntake(world);
    findings.push({
      name: 'webhook intake',
      promise: 'at least 0.6',
      comparison: intake.comparison,
      kept: intake.comparison.ratio >= 0.6,
    });
    console.log('List of 50 messages …');
    const list = await messageList(world);
    findings.push({
      name: 'list of 50 messages',
      promise: 'at least 0.5',
      comparison: list,
      kept: list.ratio >= 0.5,
    });
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
