import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatIssue } from '../../src/game/issue.ts';
import { loadScenario, runScenario } from '../../src/game/scenario.ts';

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.yaml'));
const scenarios = files.map((file) => {
  const loaded = loadScenario(file, readFileSync(join(import.meta.dirname, file), 'utf8'));
  return { file, name: loaded.ok ? loaded.value.name : file, loaded };
});

describe('the simulated cluster', () => {
  it.each(scenarios)('$name', ({ loaded }) => {
    expect(loaded.ok ? [] : loaded.issues.map(formatIssue)).toEqual([]);
    if (!loaded.ok) return;
    const report = runScenario(loaded.value);
    expect(report.problem).toBeUndefined();
    expect(report.results.filter(({ ok }) => !ok)).toEqual([]);
  });
});
