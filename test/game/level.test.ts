import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parseManifests } from '../../src/apimachinery/yaml.ts';
import { formatIssue } from '../../src/game/issue.ts';
import { levelJsonSchema } from '../../src/game/jsonschema.ts';
import { loadChapter, loadLevel } from '../../src/game/loader.ts';
import { exampleFolder, LEVEL_YAML } from './examplelevel.ts';

function issuesOf(changes: Readonly<Record<string, string | undefined>>): readonly string[] {
  const loaded = loadLevel(exampleFolder(changes));
  return loaded.ok ? [] : loaded.issues.map((issue) => `${issue.code} ${formatIssue(issue)}`);
}

/** The issues of level.yaml with one text replaced. */
function withChange(from: string, to: string): readonly string[] {
  expect(LEVEL_YAML).toContain(from);
  return issuesOf({ 'level.yaml': LEVEL_YAML.replace(from, to) });
}

describe('loading a level', () => {
  it('gives the level with its parts', () => {
    const loaded = loadLevel(exampleFolder());
    expect(loaded).toMatchObject({
      ok: true,
      value: {
        id: 'three-of-a-kind',
        hold: 5000,
        settle: 10_000,
        limit: 180_000,
        briefing: { en: '# Three of a kind\n' },
        objects: [{ kind: 'ConfigMap' }],
        goals: [
          { id: 'web-ready', type: 'state', weight: 2, time: { type: 'eventually' } },
          { type: 'state' },
          { type: 'never', time: { type: 'always', from: 0 } },
          { type: 'answer', latch: true },
          { type: 'budget' },
        ],
      },
    });
    expect(loaded.ok && [...loaded.value.files]).toEqual([['readme.txt', 'hello\n']]);
    expect(loaded.ok && [...loaded.value.solutionFiles.keys()]).toEqual(['web.yaml']);
  });

  it('names its ideas in each language, those of its own too', () => {
    const own = LEVEL_YAML.replace('teaches: [deployment]', 'teaches: [deployment, knots]').replace(
      '  cluster:\n',
      '  ideas: {knots: {en: knots, ko: 매듭}}\n  cluster:\n',
    );
    const loaded = loadLevel(exampleFolder({ 'level.yaml': own }));
    expect(loaded.ok && [...loaded.value.ideas]).toEqual([
      ['deployment', { en: 'Deployment', ko: 'Deployment' }],
      ['knots', { en: 'knots', ko: '매듭' }],
      ['pod', { en: 'pods', ko: '파드' }],
    ]);
  });

  it('has a handbook in each language, or none', () => {
    const handbook = (changes: Record<string, string>): unknown => {
      const loaded = loadLevel(exampleFolder(changes));
      return loaded.ok ? loaded.value.handbook : loaded.issues.map(formatIssue);
    };
    expect(handbook({})).toBeUndefined();
    expect(handbook({ 'handbook.en.md': 'a', 'handbook.ko.md': 'b' })).toEqual({ en: 'a', ko: 'b' });
    expect(handbook({ 'handbook.en.md': 'a' })).toEqual([
      'handbook.ko.md:1:1 wanted a file handbook.ko.md, got none',
    ]);
  });

  it('gives the same hash for the same files and another for others', () => {
    const hash = (changes: Record<string, string>): string => {
      const loaded = loadLevel(exampleFolder(changes));
      return loaded.ok ? loaded.value.hash : '';
    };
    expect(hash({})).toBe(hash({}));
    expect(hash({ 'briefing.en.md': 'other' })).not.toBe(hash({}));
  });

  it.each<[string, string, string, string]>([
    [
      'an unknown field with the name that was meant',
      'hints:',
      'hintts:',
      'UnknownField level.yaml:39:3 spec.hintts: wanted one of title,',
    ],
    [
      'an unknown field of a goal',
      'selector: app=web\n        count',
      'selektor: app=web\n        count',
      'UnknownField level.yaml:28:9 spec.goals[1].state.selektor',
    ],
    [
      'an idea that nobody knows, with the one that was meant',
      'teaches: [deployment]',
      'teaches: [deploiment]',
      'UnknownReference level.yaml:9:13 spec.teaches[0]: wanted an idea that the game knows, or that spec.ideas names, got deploiment (did you mean "deployment"?)',
    ],
    [
      'a move after a goal that is never met for good',
      '{after: web-ready, answer',
      '{after: not-too-many, answer',
      'InvalidValue level.yaml:48:19 spec.solutions[0].moves[1].after: wanted a goal that is met at some time',
    ],
    [
      'a missing language',
      'en: Three of a kind, ko: 셋이 함께',
      'en: Three of a kind',
      'MissingField level.yaml:5:10 spec.title: wanted a field "ko", got none',
    ],
    ['an empty text', 'en: Three of a kind,', 'en: "",', 'InvalidValue level.yaml:5:15 spec.title.en'],
    [
      'a duration without unit',
      'hold: 5s',
      'hold: 5',
      'WrongType level.yaml:16:9 spec.hold: wanted a duration such as 30s or 2m, at most 240h, got 5',
    ],
    ['a negative duration', 'hold: 5s', 'hold: -5s', 'InvalidValue level.yaml:16:9 spec.hold'],
    [
      'a goal of two types',
      'budget: {nodes: 2',
      'never: {cel: "true"}\n      budget: {nodes: 2',
      'Conflict level.yaml:',
    ],
    ['a goal of no type', 'budget: {nodes: 2, restarts: 0}', 'weight: 1', 'Conflict level.yaml:'],
    ['a deadline beside never', 'never: {matching', 'by: 5s\n      never: {matching', 'Conflict level.yaml:'],
    [
      'a kind the cluster does not have',
      'apiVersion: v1, kind: Pod, status',
      'apiVersion: v1, kind: Pott, status',
      'InvalidValue level.yaml:',
    ],
    [
      'a broken selector',
      'selector: app=web\n        count',
      'selector: "app in"\n        count',
      'InvalidValue level.yaml:',
    ],
    [
      'a count below zero',
      'count: 3',
      'count: -1',
      'InvalidValue level.yaml:29:16 spec.goals[1].state.count',
    ],
    ['two goals of one name', 'id: pods', 'id: web-ready', 'Conflict level.yaml:'],
    [
      'a wrong attempt that fails at no goal',
      'fails: web-ready',
      'fails: web-redy',
      'UnknownReference level.yaml:56:14 spec.wrong[0].fails: wanted one of web-ready, pods, not-too-many, which-image, cheap, got web-redy (did you mean "web-ready"?)',
    ],
    ['a solution file that is not there', 'apply: web.yaml}', 'apply: wep.yaml}', 'MissingFile level.yaml:'],
    [
      'one solution only',
      LEVEL_YAML.slice(LEVEL_YAML.indexOf('    - name: create'), LEVEL_YAML.indexOf('  wrong:')),
      '',
      'InvalidValue level.yaml:',
    ],
    [
      'fewer hints than three',
      '    - {en: Look at the briefing., ko: 안내문을 보자.}\n',
      '',
      'InvalidValue level.yaml:',
    ],
    ['a fact that no run has', '{drift} s', '{drifd} s', 'UnknownReference level.yaml:'],
    ['a budget of nothing', 'budget: {nodes: 2, restarts: 0}', 'budget: {}', 'MissingField level.yaml:'],
    [
      'a quantity that is none',
      'cpu: "4", memory: 8Gi}\n      - {name: n2',
      'cpu: four, memory: 8Gi}\n      - {name: n2',
      'InvalidValue level.yaml:',
    ],
    [
      'two nodes of one name',
      '{name: n2',
      '{name: n1',
      'Conflict level.yaml:14:10 spec.cluster.nodes[1].name: wanted a name of its own, got n1 again',
    ],
    [
      'a node that is called like the control plane',
      '{name: n2',
      '{name: control-plane',
      'Conflict level.yaml:14:10 spec.cluster.nodes[1].name',
    ],
    [
      'an unknown fault',
      'kind: NodeDown',
      'kind: NodeDwon',
      'InvalidValue level.yaml:19:30 spec.timeline[0].fault.kind',
    ],
    [
      'a fault with a field it does not take',
      'node: n2}, note',
      'nodes: n2}, note',
      'UnknownField level.yaml:',
    ],
    ['another apiVersion', 'shipshape/v1', 'shipshape/v2', 'InvalidValue level.yaml:1:13 apiVersion'],
    ['YAML that cannot be read', 'title: {', 'title: {{', 'Syntax level.yaml:'],
    ['two documents', 'kind: Level', 'kind: Level\n---\na: b', 'Syntax level.yaml:'],
  ])('reports %s', (_, from, to, expected) => {
    expect(withChange(from, to).find((text) => text.startsWith(expected)) ?? withChange(from, to)).toContain(
      expected,
    );
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    [
      'a level without level.yaml',
      { 'level.yaml': undefined },
      'MissingFile level.yaml:1:1 wanted a file level.yaml, got none',
    ],
    ['a briefing missing in one language', { 'briefing.ko.md': undefined }, 'MissingFile briefing.ko.md:1:1'],
    ['a file with a slip in its name', { 'brefing.ko.md': 'x' }, 'UnknownField brefing.ko.md:1:1'],
    [
      'a file that leads out of the folder',
      { 'start/files/../../x': 'x' },
      'UnknownField start/files/../../x:1:1',
    ],
    [
      'an object of an unknown kind',
      { 'start/cluster/a.yaml': 'apiVersion: v1\nkind: Nope\n' },
      'InvalidValue start/cluster/a.yaml:2:7',
    ],
    ['a file that is too large', { 'start/files/big': 'x'.repeat(300_000) }, 'TooLarge start/files/big:1:1'],
  ])('reports %s', (_, changes, expected) => {
    expect(issuesOf(changes).join('\n')).toContain(expected);
  });

  it('reports too many files without reading them', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`start/files/${i}`, 'x']));
    expect(issuesOf(many)).toEqual(['TooLarge level.yaml:1:1 wanted at most 200 files, got 306']);
  });

  it('reads nothing from a prototype', () => {
    const [issue] = withChange('  hold: 5s\n', '  hold: 5s\n  __proto__: {limit: 1s}\n');
    expect(issue).toContain('UnknownField');
    expect(({} as { limit?: unknown }).limit).toBeUndefined();
  });
});

describe('the JSON Schema of levels', () => {
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(levelJsonSchema());

  it('is the one that is published beside the levels', async () => {
    await expect(`${JSON.stringify(levelJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
      '../../levels/level.schema.json',
    );
  });

  it('accepts the level that the loader accepts', () => {
    const value = parseManifests(LEVEL_YAML).docs[0]?.value;
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    ['hints:', 'hintts:'],
    ['en: Three of a kind, ko: 셋이 함께', 'en: Three of a kind'],
    ['hold: 5s', 'hold: 5'],
    ['count: 3', 'count: -1'],
    ['shipshape/v1', 'shipshape/v2'],
  ])('refuses what the loader refuses: %s as %s', (from, to) => {
    const yaml = LEVEL_YAML.replace(from, to);
    expect(validate(parseManifests(yaml).docs[0]?.value)).toBe(false);
    expect(withChange(from, to)).not.toEqual([]);
  });
});

describe('loading a chapter', () => {
  const chapter =
    'apiVersion: shipshape/v1\nkind: Chapter\nmetadata: {name: basics}\nspec:\n  title: {en: Basics, ko: 기초}\n  idea: {en: Begin., ko: 시작.}\n  order: 1\n';

  it('gives the chapter', () => {
    expect(loadChapter(new Map([['chapter.yaml', chapter]]))).toEqual({
      ok: true,
      value: {
        id: 'basics',
        title: { en: 'Basics', ko: '기초' },
        idea: { en: 'Begin.', ko: '시작.' },
        order: 1,
      },
    });
  });

  it('reports what is missing', () => {
    const loaded = loadChapter(new Map([['chapter.yaml', chapter.replace('  order: 1\n', '')]]));
    expect(loaded.ok ? [] : loaded.issues.map(({ code, path }) => [code, path])).toEqual([
      ['MissingField', 'spec'],
    ]);
  });
});
