import { cpus } from 'node:os';
import type { Comparison } from './measure';

/** One line of the report: what was promised, what came out. */
export interface Finding {
  readonly name: string;
  readonly promise: string;
  readonly comparison: Comparison;
  readonly kept: boolean;
  /** What it would take, where the promise is missed. */
  readonly remedy: string;
}

function round(value: number): string {
  return value.toFixed(value < 10 ? 3 : 0);
}

function row({ name, promise, comparison, kept }: Finding): string {
  const { ratio, lowest, highest, product } = comparison;
  return `| ${name} | ${promise} | **${round(ratio)}** | ${round(lowest)}–${round(highest)} | ${product.length} | ${kept ? 'kept' : '**missed**'} |`;
}

/** By how much each promise was missed, and what would mend it. */
function shortfalls(findings: readonly Finding[]): string {
  const lines = findings
    .filter(({ kept }) => !kept)
    .map(
      ({ name, promise, comparison, remedy }) =>
        `- **${name}**: ${round(comparison.ratio)}, promised ${promise}. ${remedy}`,
    );
  return lines.length === 0 ? '' : `\n## Missed, and what it would take\n\n${lines.join('\n')}\n`;
}

/** The report as Markdown. Notes and memory lines come ready-made. */
export function report(
  findings: readonly Finding[],
  notes: readonly string[],
  memory: readonly string[],
  postgres: string,
): string {
  return `# Benchmarks

\`npm run bench\` wrote this file: Node ${process.version}, PostgreSQL ${postgres}, ${cpus().length} processors shared by server,
database and load. Each figure is the median of ratios of neighbouring runs, product against baseline, alternating within
one run; absolute figures mean nothing and are not given.

| what | promise | ratio (median) | lowest–highest | pairs | |
| --- | --- | --- | --- | --- | --- |
${findings.map(row).join('\n')}

- **Webhook intake**: signed deliveries of Twilio, and of Meta's Cloud API with one message in each, requests per second.
  Baseline: node:http and pg that run the same statement (\`accept_webhook\`) on a pool of the same size, without checking a
  signature or anything else.
- **List of 50 messages**: by API key, validated, org-scoped transaction under row-level security, requests per second.
  Baseline: node:http and pg with an explicit filter, as a superuser whom no policy binds, without sign-in.
- **Row-level security**: time of the same reads of 1,000,000 contacts in 1,000 organizations as the driver sees them, planning
  included, as \`frontdesk_app\` under forced policies. Baseline: as a superuser whom no policy binds, with an explicit filter.
- **Contacts**: time of a list or search of 50 within one organization of 1,000,000 contacts, as a transaction of
  \`frontdesk_app\` under forced policies, from its beginning to the page. Baseline: one statement that finds the same contacts
  with an explicit filter, as a superuser whom no policy binds. The organization has 1,000 contacts, or 200,000 where that is
  said. Over HTTP as for messages.
- **10,000 to 1,000,000 contacts**: the same read of an organization of 1,000 contacts among so many in all; how much longer it
  takes.
- **Import**: rows per second from the first byte of the upload to the end of the job. Baseline: COPY and one INSERT … ON
  CONFLICT of the same rows.
- **Dispatch**: one message to each of 10,000 people over 20 numbers, messages per second at the simulator from the first to the
  last, which reports no states. Baseline: Twilio's SDK in a bare loop, in a process of its own, with as many sends in flight.
- **Live reply**: 30 replies through the API while 100,000 bulk messages go out over the same number at 50 a second. How many bulk
  messages were taken for sending after the reply had been written, and arrived before it; no ratio.
${notes.map((line) => `- ${line}\n`).join('')}${shortfalls(findings)}${memory.length === 0 ? '' : `\n## Memory\n\n${memory.map((line) => `- ${line}`).join('\n')}\n`}`;
}
