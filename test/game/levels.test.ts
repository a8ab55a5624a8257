import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parseManifests } from '../../src/apimachinery/yaml.ts';
import { formatIssue } from '../../src/game/issue.ts';
import { levelJsonSchema } from '../../src/game/jsonschema.ts';
import { loadPack } from '../../src/game/pack.ts';
import { exampleFolder } from './examplelevel.ts';

const root = join(import.meta.dirname, '../../levels');

function readFolder(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')];
    }),
  );
}

const CHAPTER =
  'apiVersion: shipshape/v1\nkind: Chapter\nmetadata: {name: basics}\nspec: {title: {en: a, ko: a}, idea: {en: a, ko: a}, order: 1}\n';

function pack(changes: Readonly<Record<string, string>> = {}): Map<string, string> {
  const files = [...exampleFolder()].map(([path, text]): [string, string] => [
    `basics/three-of-a-kind/${path}`,
    text,
  ]);
  return new Map([['readme.md', ''], ['basics/chapter.yaml', CHAPTER], ...files, ...Object.entries(changes)]);
}

describe('the levels', () => {
  const files = readFolder(root);

  it('can all be read, and each can be reached', () => {
    const { issues, problems } = loadPack(files);
    expect(issues.map(formatIssue)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('all follow the published schema', () => {
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(levelJsonSchema());
    for (const [path, text] of files) {
      if (!path.endsWith('/level.yaml')) continue;
      expect(
        validate(parseManifests(text).docs[0]?.value),
        `${path}: ${JSON.stringify(validate.errors)}`,
      ).toBe(true);
    }
  });
});

describe('a pack of levels', () => {
  it('gives its levels in order', () => {
    const { campaign, issues, problems } = loadPack(pack());
    expect(issues).toEqual([]);
    expect(campaign.levels.map(({ id }) => id)).toEqual(['three-of-a-kind']);
    expect(problems).toEqual(['three-of-a-kind: needs pod, which no other level teaches']);
  });

  it('keeps the good levels when one is broken, and names the file', () => {
    const { campaign, issues } = loadPack(pack({ 'basics/broken/level.yaml': 'a: [' }));
    expect(campaign.levels).toHaveLength(1);
    expect(issues.map(({ file }) => file)).toContain('basics/broken/level.yaml');
  });

  it('wants levels and chapters to be called what their folders are', () => {
    const moved = new Map(
      [...pack()].map(([path, text]) => [path.replace('three-of-a-kind/', 'other/'), text]),
    );
    expect(loadPack(moved).issues.map(formatIssue)).toEqual([
      'basics/other/level.yaml:1:1 wanted the name of its folder, other, got three-of-a-kind',
    ]);
  });
});
