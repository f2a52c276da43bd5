import { writeFileSync } from 'node:fs';

/**
 * A reporter of jest's that writes one line, `N passed, N failed, N skipped`, into the file that TEST_SUMMARY names. Jest's own
 * report as JSON cannot be written when a test fails with an error that holds a request and its socket.
 */
export default class TestSummary {
  onRunComplete(_contexts, results) {
    const passed = results.numPassedTests;
    // A file that could not even be run counts as one failed test: its own were never counted.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    writeFileSync(process.env.TEST_SUMMARY, `${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  }
}
