/** Prints one line, `N passed, N failed, N skipped`, from jest's JSON report: `node tools/test-summary.mjs <file>`. */
import { readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
if (!file) {
  console.error('test-summary: name the JSON report that jest wrote with --outputFile.');
  process.exit(2);
}

/** A file that could not even be run counts as one failed test: its own were never counted. */
function count(report) {
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function read() {
  try {
    return count(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    // Jest ended before it could report, which is a failure by itself.
    console.error(`test-summary: no report in ${file}: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const { passed, failed, skipped } = read();
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
