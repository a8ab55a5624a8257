import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ProgressFile } from '../../src/commands/progressfile.ts';
import { SavedGameFile } from '../../src/commands/savedgame.ts';
import { loadSettings, saveSettings } from '../../src/commands/settings.ts';
import { SavedFile, stateDirectory } from '../../src/commands/statedirectory.ts';
import { NO_PROGRESS, withRun } from '../../src/game/progress.ts';
import { temporaryFolder } from './fakeio.ts';

const accept = (): undefined => undefined;

describe('the state directory', () => {
  it.each<[string, NodeJS.ProcessEnv, string]>([
    ['its own variable', { SHIPSHAPE_STATE: '/a', XDG_STATE_HOME: '/b' }, '/a'],
    ['XDG_STATE_HOME', { XDG_STATE_HOME: '/b' }, '/b/shipshape'],
    [
      'the default where XDG_STATE_HOME is relative',
      { XDG_STATE_HOME: 'b' },
      join(homedir(), '.local/state/shipshape'),
    ],
    ['the default where nothing is set', {}, join(homedir(), '.local/state/shipshape')],
  ])('goes by %s', (_, env, path) => {
    expect(stateDirectory(env)).toBe(path);
  });
});

describe('a saved file', () => {
  it('keeps the last three saves', () => {
    const folder = temporaryFolder();
    const file = new SavedFile(folder, 'a.json');
    for (const text of ['1', '2', '3', '4']) expect(file.save(text)).toBeUndefined();
    expect(readdirSync(folder).sort()).toEqual(['a.json', 'a.json.1', 'a.json.2']);
    expect(readFileSync(join(folder, 'a.json.2'), 'utf8')).toBe('2');
    expect(file.load(accept)).toEqual({ text: '4', problems: [] });
  });

  it('falls back to the newest save that can be used, and says what was wrong with the others', () => {
    const file = new SavedFile(temporaryFolder(), 'a.json');
    for (const text of ['old', 'good', 'bad']) file.save(text);
    const { text, problems } = file.load((candidate) => (candidate === 'bad' ? 'it is bad' : undefined));
    expect(text).toBe('good');
    expect(problems).toEqual([`${file.path}: it is bad`]);
  });

  it('removes what a run that was killed while saving left behind', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.json.123.tmp'), 'half');
    new SavedFile(folder, 'a.json').save('1');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('answers with a sentence when it cannot be written', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(new SavedFile(join(folder, 'file', 'below'), 'a.json').save('1')).toMatch(/could not be saved: /);
  });

  it('is readable by its owner only', () => {
    const file = new SavedFile(temporaryFolder(), 'a.json');
    file.save('1');
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
  });
});

describe('progress on disk', () => {
  const run = {
    seed: 1,
    time: 1000,
    hints: 0,
    score: { service: 1, cargo: 2, helm: 3 },
    stars: [true, false, false],
  };

  it('is there at the next start', () => {
    const env = { SHIPSHAPE_STATE: temporaryFolder() };
    expect(new ProgressFile(env).save(withRun(NO_PROGRESS, 'first-pod', run))).toBeUndefined();
    expect(new ProgressFile(env).progress.levels['first-pod']?.best).toEqual(run.score);
  });

  it('survives a save that was cut off', () => {
    const env = { SHIPSHAPE_STATE: temporaryFolder() };
    const file = new ProgressFile(env);
    file.save(withRun(NO_PROGRESS, 'first-pod', run));
    file.save(withRun(NO_PROGRESS, 'labels', run));
    writeFileSync(join(env.SHIPSHAPE_STATE, 'progress.json'), '{"version": 1, "lev');
    const again = new ProgressFile(env);
    expect(Object.keys(again.progress.levels)).toEqual(['first-pod']);
    expect(again.problems[0]).toContain('progress.json');
  });
});

describe('a game that was left', () => {
  const game = {
    level: 'first-pod',
    levelHash: 'abc',
    seed: 7,
    log: [{ at: 5, action: { type: 'command', line: 'kubectl get pods' } }],
    elapsed: 1234,
    fleet: { ships: 3, cpu: '4', memory: '8Gi' },
    revision: 412,
  } as const;

  it('is read back as it was', () => {
    const env = { SHIPSHAPE_STATE: temporaryFolder() };
    new SavedGameFile(env).save(game);
    const file = new SavedGameFile(env);
    expect(file.head).toMatchObject({ level: 'first-pod', elapsed: 1234 });
    expect(file.load()).toMatchObject({
      elapsed: 1234,
      fleet: { ships: 3, cpu: '4', memory: '8Gi' },
      revision: 412,
      replay: { level: 'first-pod', seed: 7, log: game.log },
    });
  });

  it('is gone when it is over', () => {
    const env = { SHIPSHAPE_STATE: temporaryFolder() };
    const file = new SavedGameFile(env);
    file.save(game);
    file.clear();
    expect(file.head).toBeUndefined();
    expect(new SavedGameFile(env).load()).toBeUndefined();
  });

  it.each([
    '',
    'x',
    '{}\n',
    '{"level":"a","elapsed":-1}\n{}',
    '[]\n{}',
    '{"level":"a","elapsed":1}\n{"version":9}',
  ])('is none where the file holds %j', (text) => {
    const env = { SHIPSHAPE_STATE: temporaryFolder() };
    writeFileSync(join(env.SHIPSHAPE_STATE, 'game.json'), text);
    expect(new SavedGameFile(env).load()).toBeUndefined();
  });
});

describe('settings', () => {
  it.each<[string, NodeJS.ProcessEnv, 'en' | 'ko']>([
    ['a Korean locale', { LANG: 'ko_KR.UTF-8' }, 'ko'],
    ['LC_ALL before LANG', { LC_ALL: 'en_US.UTF-8', LANG: 'ko_KR.UTF-8' }, 'en'],
    ['another locale', { LANG: 'de_DE.UTF-8' }, 'en'],
    ['a locale that only begins like Korean', { LANG: 'kok_IN' }, 'en'],
    ['no locale', {}, 'en'],
  ])('take the language from %s', (_, env, language) => {
    expect(loadSettings({ SHIPSHAPE_STATE: temporaryFolder(), ...env }).language).toBe(language);
  });

  it('are what was saved last, and options go before them', () => {
    const env = { SHIPSHAPE_STATE: temporaryFolder(), LANG: 'en_US.UTF-8' };
    saveSettings(env, { language: 'ko', colour: 'off', glyphs: 'auto', speed: 4 });
    expect(loadSettings(env)).toEqual({ language: 'ko', colour: 'off', glyphs: 'auto', speed: 4 });
    expect(loadSettings(env, { lang: 'en', ascii: true })).toMatchObject({ language: 'en', glyphs: 'ascii' });
  });

  it.each(['{', '[]', 'null', '{"language":"xx","speed":3,"__proto__":{"colour":"off"}}'])(
    'are the defaults where the file holds %j',
    (text) => {
      const env = { SHIPSHAPE_STATE: temporaryFolder() };
      mkdirSync(env.SHIPSHAPE_STATE, { recursive: true });
      writeFileSync(join(env.SHIPSHAPE_STATE, 'settings.json'), text);
      expect(loadSettings(env)).toEqual({ language: 'en', colour: 'auto', glyphs: 'auto', speed: 1 });
    },
  );
});
