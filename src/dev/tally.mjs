// Prints "N passed, N failed" from the report that the last `npm test` left, and fails without one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './install.mjs';
import { REPORT } from './report.mjs';

/** @returns {{passed: number, failed: number}} tests; a file that could not be loaded counts as one failed */
function tally() {
  const report = JSON.parse(readFileSync(join(root, REPORT), 'utf8'));
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
}

try {
  const { passed, failed } = tally();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  console.error(`vitest left no report: ${error.message}`);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
