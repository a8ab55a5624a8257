import { describe, expect, it } from 'vitest';
import { formatIssue } from '../../src/game/issue.ts';
import { loadScenario, runScenario, type ScenarioReport } from '../../src/game/scenario.ts';

function run(text: string): ScenarioReport {
  const loaded = loadScenario('a.yaml', text);
  if (!loaded.ok) throw new Error(loaded.issues.map(formatIssue).join('\n'));
  return runScenario(loaded.value);
}

const POD =
  '{apiVersion: v1, kind: Pod, metadata: {name: web, labels: {app: web}}, spec: {containers: [{name: web, image: "nginx:1.28"}]}}';

describe('a scenario', () => {
  it('holds when every expectation does, and says what was wanted and got', () => {
    const report = run(`
name: a pod runs
given: {nodes: [{name: n1}], objects: [${POD}]}
steps:
  - {at: 20s, delete: [{apiVersion: v1, kind: Pod, metadata: {name: web}}]}
expect:
  - {at: 15s, object: {apiVersion: v1, kind: Pod, metadata: {name: web}, status: {phase: Running}}}
  - {at: 15s, events: {kind: Pod, name: web, reason: Started}}
  - {at: 60s, absent: {apiVersion: v1, kind: Pod, metadata: {name: web}}}
`);
    expect(report).toMatchObject({ ok: true, seed: 1, problem: undefined });
    expect(report.results).toHaveLength(4);
    expect(report.results[1]).toEqual({
      kind: 'expect',
      index: 0,
      ok: true,
      at: 15_000,
      wanted: 'Pod web · phase: Running',
      got: 'Pod web · phase: Running',
    });
  });

  it('fails with the moment at which an expectation was broken', () => {
    const report = run(`
name: a pod goes
given: {nodes: [{name: n1}], objects: [${POD}]}
steps: [{at: 20s, kubectl: delete pod web --wait=false}]
expect: [{during: [10s, 50s], cel: "pods.filter(p, !has(p.metadata.deletionTimestamp)).size() == 1"}]
`);
    expect(report.ok).toBe(false);
    expect(report.results.find(({ ok }) => !ok)).toMatchObject({
      kind: 'expect',
      at: 20_000,
      wanted: 'pods.filter(p, !has(p.metadata.deletionTimestamp)).size(): == 1',
      got: 'pods.filter(p, !has(p.metadata.deletionTimestamp)).size(): 0',
    });
  });

  it.each<[string, string, string]>([
    ['a refusal that nobody expected', '{at: 1s, kubectl: delete pod nope}', '404'],
    ['a refusal that does not come', `{at: 1s, apply: [${POD}], expectError: 422}`, 'done'],
    [
      'another code than expected',
      '{at: 1s, delete: [{apiVersion: v1, kind: Pod, metadata: {name: nope}}], expectError: 409}',
      '404',
    ],
    ['a fault that cannot be', '{at: 1s, fault: {kind: NodeDown, node: nope}}', 'there is no node "nope"'],
    ['a command that does not end', '{at: 1s, kubectl: get pods -w}', 'still running'],
  ])('reports %s', (_, step, got) => {
    const report = run(`{name: x, given: {nodes: [{name: n1}]}, steps: [${step}]}`);
    expect(report.results[0]).toMatchObject({ kind: 'step', ok: false, got: expect.stringContaining(got) });
  });

  it('is the same each time', () => {
    const text = `{name: x, seed: 5, given: {nodes: [{name: n1}], objects: [${POD}]}, expect: [{at: 20s, cel: "pods.size() == 1"}]}`;
    expect(run(text)).toEqual(run(text));
    expect(run(text).stateHash).not.toBe(run(text.replace('seed: 5', 'seed: 6')).stateHash);
  });

  it('whose objects are refused is not run', () => {
    const report = run(
      '{name: x, given: {objects: [{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {}}]}}',
    );
    expect(report).toMatchObject({
      ok: false,
      problem: expect.stringContaining('given.objects: The Pod "a" is invalid'),
    });
  });

  it.each<[string, string, string]>([
    [
      'an unknown field',
      '{name: x, given: {}, stepps: []}',
      'UnknownField a.yaml:1:22 stepps: wanted one of name, given',
    ],
    [
      'an expectation without a time',
      '{name: x, given: {}, expect: [{cel: "true"}]}',
      'Conflict a.yaml:1:31 expect[0]: wanted exactly one of at, during',
    ],
    [
      'an expectation of two things',
      '{name: x, given: {}, expect: [{at: 1s, cel: "true", logs: {contains: x}}]}',
      'Conflict',
    ],
    ['a step that does nothing', '{name: x, given: {}, steps: [{at: 1s}]}', 'Conflict'],
    [
      'a kind that is not there',
      '{name: x, given: {objects: [{apiVersion: v1, kind: Pods}]}}',
      'InvalidValue',
    ],
    ['a broken expression', '{name: x, given: {}, expect: [{at: 1s, cel: "pods."}]}', 'InvalidValue'],
    [
      'an image that makes no sense',
      '{name: x, given: {images: {"job:fail": {exitCode: many}}}}',
      'InvalidValue',
    ],
  ])('with %s is refused with its place', (_, text, expected) => {
    const loaded = loadScenario('a.yaml', text);
    expect(loaded.ok ? '' : loaded.issues.map((issue) => `${issue.code} ${formatIssue(issue)}`)[0]).toContain(
      expected,
    );
  });
});
