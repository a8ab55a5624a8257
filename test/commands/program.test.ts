import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../src/commands/program.ts';
import { subcommands } from '../../src/commands/registry.ts';
import { FakeIo, temporaryFolder } from './fakeio.ts';

const levels = join(import.meta.dirname, '../../levels');
const firstPod = join(levels, '1-harbour/02-first-pod');
const scenarios = join(import.meta.dirname, '../scenarios');
const MINUTE = 60_000;

const POD = `apiVersion: v1
kind: Pod
metadata: {name: nginx-pod}
spec: {containers: [{name: nginx, image: "nginx:alpine"}]}
`;

async function shipshape(argv: readonly string[], io = new FakeIo()): Promise<FakeIo & { code: number }> {
  const code = await runProgram(argv, io, '1.2.3');
  return Object.assign(io, { code });
}

function file(name: string, text: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

describe('the command line', () => {
  it('prints its version', async () => {
    expect(await shipshape(['--version'])).toMatchObject({ code: 0, output: '1.2.3\n', errors: '' });
  });

  it.each([
    ['--help'],
    ['help'],
    ...subcommands.flatMap(({ name }) => [
      [name, '--help'],
      ['help', name],
    ]),
  ])('explains itself: %s %s', async (...argv) => {
    const { code, output, errors } = await shipshape(argv.filter((word) => word !== undefined));
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toMatch(/^Usage: shipshape/);
    expect(output).toContain('Exit status:');
  });

  it('names every subcommand in its help', async () => {
    const { output } = await shipshape(['--help']);
    for (const name of ['doctor', 'levels', 'play', 'run', 'simulate', 'verify'])
      expect(output).toContain(`\n  ${name} `);
  });

  it.each<[string, readonly string[], RegExp]>([
    [
      'an unknown command, with the nearest',
      ['lvels'],
      /no command and no level "lvels": did you mean levels\?/,
    ],
    ['an unknown command that is near nothing', ['zzzzzzzz'], /see "shipshape --help"/],
    [
      'an unknown option, with the nearest',
      ['levels', '--outptu', 'json'],
      /unknown option '--outptu'\n\(Did you mean --output\?\)/,
    ],
    ['an unknown option of the game', ['--asci'], /unknown option '--asci'\n\(Did you mean --ascii\?\)/],
    ['a wrong choice, with the choices', ['levels', '-o', 'yaml'], /Allowed choices are text, json/],
    ['a wrong language', ['--lang', 'fr', 'levels'], /Allowed choices are en, ko/],
    ['a missing argument', ['run'], /missing required argument 'level'/],
    ['a seed that is none', ['run', 'first-pod', '--seed', '1.5'], /A seed is a whole number/],
    ['too many arguments', ['levels', 'x'], /too many arguments/],
    ['ships for a level', ['play', '1-2', '--ships', '5'], /--ships and --size are for the sandbox/],
    ['a size that there is not', ['play', 'sandbox', '--size', '3'], /Allowed choices are 1, 2, 4, 8, 16/],
    ['no ships', ['play', 'sandbox', '--ships', '0'], /a whole number from 1 to 100/],
    [
      'an unknown level, with the nearest',
      ['run', 'first-pot'],
      /there is no level "first-pot": did you mean first-pod\?/,
    ],
    [
      'a file that is not there',
      ['run', 'first-pod', '-f', 'no.yaml'],
      /no\.yaml cannot be read: there is no such file/,
    ],
    [
      'moves that are none',
      ['run', 'first-pod', '--moves', file('m.yaml', '- {comand: ls}')],
      /m\.yaml:1:\d+ .*comand/,
    ],
    ['a scenario that is none', ['simulate', file('s.yaml', 'name: x\n')], /s\.yaml:1:1 .*given/],
    ['a scenario that is not there', ['simulate', 'no.yaml'], /no\.yaml cannot be read/],
    [
      'a folder of levels that is not there',
      ['verify', 'no-such-folder'],
      /no-such-folder cannot be read: wanted a folder of levels, .* got no such path/,
    ],
    [
      'another file than a level.yaml',
      ['verify', 'package.json'],
      /package\.json cannot be read: wanted .* or its level\.yaml, got another file/,
    ],
    ['a folder without levels', ['verify', temporaryFolder()], /there is no level\.yaml in/],
  ])('refuses %s', async (_, argv, sentence) => {
    const { code, output, errors } = await shipshape(argv);
    expect(errors).toMatch(/^shipshape: /);
    expect(errors).toMatch(sentence);
    expect(errors).not.toMatch(/\n\s+at /);
    expect({ code, output }).toEqual({ code: 2, output: '' });
  });
});

describe('shipshape without a terminal', () => {
  it('says what it is, lists the levels and how to go on, and succeeds', async () => {
    const { code, output } = await shipshape(['play']);
    expect(code).toBe(0);
    expect(output).toContain('first-pod');
    expect(output).toContain('shipshape run LEVEL');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none.
    expect(output).not.toMatch(/\u001b/);
  });

  it.each([
    ['before the command', ['--seed', '3', 'play', '1-2']],
    ['before a level, without a command', ['--seed=3', '1-2']],
    ['between the command and its level', ['play', '--seed', '3', '1-2']],
    ['between the command and itself', ['play', '--seed', '3', 'play', '1-2']],
    ['of the sandbox', ['play', 'sandbox', '--ships', '2', '--size', '16']],
    ['behind everything', ['play', '1-2', '--seed', '3', '--lang', 'en']],
  ])('takes options %s', async (_, argv) => {
    const { code, errors } = await shipshape(argv);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });

  it('does so in Korean', async () => {
    const { output } = await shipshape(['--lang', 'ko', 'play']);
    expect(output).toContain('첫 파드를 띄우다');
    expect(output).toContain('쿠버네티스');
  });
});

describe('shipshape levels', () => {
  it('lists every level with its stars', async () => {
    const { code, output } = await shipshape(['levels']);
    expect(code).toBe(0);
    expect(output).toMatch(/1-2 +first-pod +☆☆☆ {2}First pod afloat/);
  });

  it('draws with ASCII and in colour as it is told', async () => {
    const plain = await shipshape(['levels', '--ascii']);
    expect(plain.output).toMatch(/first-pod +\.\.\. {2}/);
    const forced = await shipshape(['levels'], new FakeIo({ env: { FORCE_COLOR: '1' } }));
    expect(forced.output).toContain('\u001b[1m');
    const off = await shipshape(['--no-color', 'levels'], new FakeIo({ env: { FORCE_COLOR: '1' } }));
    expect(off.output).not.toContain('\u001b');
  });

  it('is a stable object as JSON', async () => {
    const { output } = await shipshape(['levels', '-o', 'json']);
    const found = JSON.parse(output) as { levels: Record<string, unknown>[] };
    expect(found.levels.find(({ id }) => id === 'first-pod')).toMatchObject({
      number: '1-2',
      chapter: 'harbour',
      title: { en: 'First pod afloat', ko: expect.any(String) },
      won: false,
      stars: [false, false, false],
    });
  });
});

describe('shipshape run', { timeout: 2 * MINUTE }, () => {
  it('is won with a manifest and an answer, twice with the same revisions', async () => {
    const moves = file('moves.yaml', 'moves:\n  - {answer: ship, after: afloat}\n');
    const argv = ['run', 'first-pod', '-f', file('pod.yaml', POD), '--moves', moves, '-o', 'json'];
    const [first, second] = [await shipshape(argv), await shipshape(argv)];
    expect(first.code).toBe(0);
    const result = JSON.parse(first.output) as Record<string, unknown>;
    const actions = result.actions as { readonly kind: string; readonly line: string }[];
    expect(actions.map(({ kind, line }) => [kind, line])).toEqual([
      ['saved', `cat > pod.yaml <<'EOF'\n${POD}EOF`],
      ['applied', 'kubectl apply -f pod.yaml'],
      ['answer', expect.stringMatching(/^answer ship cargo-\d$/)],
    ]);
    expect(result).toMatchObject({
      level: 'first-pod',
      seed: 1,
      result: 'won',
      score: { helm: 1 },
    });
    expect(second.output).toBe(first.output);
  });

  it('reads the manifest from standard input, and says what is missing', async () => {
    const io = new FakeIo({ stdin: POD });
    const { code, output } = await shipshape(['run', '1-2', '-f', '-'], io);
    expect(code).toBe(1);
    expect(output).toMatch(/✖ First pod afloat: not won/);
    expect(output).toMatch(/✔ Pod nginx-pod/);
    expect(output).toMatch(/□ Which ship did the crane choose/);
  });

  it('shows what the cluster said to a manifest that it refused', async () => {
    const { code, output } = await shipshape([
      'run',
      firstPod,
      '-f',
      file('p.yaml', 'apiVersion: v1\nkind: Pod\n'),
    ]);
    expect(code).toBe(1);
    expect(output).toContain('resource name may not be empty');
  });

  it('reports to JUnit one case a goal, and the whole', async () => {
    const { code, output } = await shipshape(['run', 'first-pod', '-o', 'junit']);
    expect(code).toBe(1);
    expect(output).toContain('<testsuite name="first-pod" tests="3" failures="3"');
  });
});

describe('shipshape simulate', { timeout: 2 * MINUTE }, () => {
  const failing = `name: a pod <flies>
given: {nodes: [{name: n1}]}
expect:
  - {at: 1s, object: {apiVersion: v1, kind: Pod, metadata: {name: none}}}
`;

  it('succeeds where every expectation holds', async () => {
    const { code, output } = await shipshape([
      'simulate',
      join(scenarios, 'invalid-deployment-is-refused.yaml'),
    ]);
    expect(output).toMatch(/^✔ /);
    expect(code).toBe(0);
  });

  it.each<['text' | 'json' | 'junit', RegExp]>([
    ['text', /✖ a pod <flies>.*\n +expectation 1 at 1 s: wanted .*, got /],
    ['json', /"ok": false/],
    ['junit', /<testsuite name="a pod &lt;flies&gt;" tests="1" failures="1"/],
  ])('fails where one does not, and says which: %s', async (format, report) => {
    const { code, output } = await shipshape(['simulate', '-', '-o', format], new FakeIo({ stdin: failing }));
    expect(output).toMatch(report);
    expect(code).toBe(1);
  });
});

describe('shipshape verify', { timeout: 5 * MINUTE }, () => {
  it('finds a level of the game as it should be', async () => {
    const { code, output } = await shipshape(['verify', firstPod, '--seeds', '2']);
    expect(output).toContain('1 of 1 levels are as they should be.');
    expect(code).toBe(0);
  });

  it('takes the level.yaml of a level for the level', async () => {
    const { code, output } = await shipshape(['--seeds', '1', 'verify', join(firstPod, 'level.yaml')]);
    expect(output).toContain('1 of 1 levels are as they should be.');
    expect(code).toBe(0);
  });

  it('names the file, the line and the field of a level that is not valid', async () => {
    const folder = join(temporaryFolder(), 'chapter', 'level');
    mkdirSync(folder, { recursive: true });
    cpSync(firstPod, folder, { recursive: true });
    writeFileSync(
      join(folder, 'level.yaml'),
      'apiVersion: shipshape/v1\nkind: Level\nmetadata: {name: x}\nspce: {}\n',
    );
    const { code, output } = await shipshape(['verify', folder, '-o', 'json']);
    expect(code).toBe(1);
    const { ok, levels: found } = JSON.parse(output) as {
      ok: boolean;
      levels: { findings: { detail: string }[] }[];
    };
    expect(ok).toBe(false);
    expect(found[0]?.findings.map(({ detail }) => detail)).toContainEqual(
      expect.stringMatching(/level\.yaml:4:1 spce/),
    );
  });
});

describe('shipshape doctor', { timeout: MINUTE }, () => {
  it('checks everything and says what to do', async () => {
    const { output } = await shipshape(['doctor', '-o', 'json']);
    const { checks } = JSON.parse(output) as { checks: { name: string; result: string; fix?: string }[] };
    expect(checks.map(({ name }) => name)).toEqual([
      'node',
      'terminal',
      'colours',
      'characters',
      'state',
      'saves',
      'levels',
      'assets',
      'cluster',
      'bundle',
    ]);
    for (const { result, fix } of checks) expect(fix === undefined).toBe(result === 'ok');
  });

  it('fails where the state directory cannot be written', async () => {
    const io = new FakeIo({ env: { SHIPSHAPE_STATE: join(file('file', ''), 'below') } });
    const { code, output } = await shipshape(['doctor'], io);
    expect(code).toBe(1);
    expect(output).toMatch(/✖ state .*could not be saved.*\n +Make the folder writable/);
  });
});
