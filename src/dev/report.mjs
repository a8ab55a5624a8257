/** Where the gate leaves vitest's JSON report, relative to the repository's folder. */
export const REPORT = 'node_modules/.cache/shipshape/vitest.json';
