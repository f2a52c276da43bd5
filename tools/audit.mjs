/**
 * Known vulnerabilities of what is shipped: fails from "high" upwards. A registry without an audit endpoint says
 * nothing about the packages; that is printed as a warning and is no failure.
 */
import { spawnSync } from 'node:child_process';

const { stdout, error } = spawnSync('npm', ['audit', '--json', '--omit=dev'], {
  encoding: 'utf8',
  maxBuffer: 2 ** 28,
  stdio: ['ignore', 'pipe', 'ignore'],
});
if (error) throw error;

/** The counts by severity, or undefined when the answer is no audit report. */
function vulnerabilities() {
  try {
    return JSON.parse(stdout).metadata?.vulnerabilities;
  } catch {
    return undefined;
  }
}

const found = vulnerabilities();
if (!found) {
  console.warn('audit: WARNING: the registry answered no audit report; nothing was checked.');
} else {
  console.log(
    `audit: ${found.critical} critical, ${found.high} high, ${found.moderate} moderate, ${found.low} low.`,
  );
  if (found.critical + found.high > 0) {
    console.error('audit: run "npm audit --omit=dev" for the packages and their fixed versions.');
    process.exit(1);
  }
}
