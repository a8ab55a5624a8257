import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { checkCycles, checkLayers, checkPackages, checkSourceFolders } from './tidy/layers.ts';
import { checkPurity } from './tidy/purity.ts';
import { checkRegistered } from './tidy/registered.ts';
import { type Finding, listFiles, parseSource, readSource, root, type Source } from './tidy/source.ts';
import { checkCodeMap, checkMentions, checkMutedTests, checkTopLevel, checkTypes } from './tidy/writing.ts';

const files = listFiles();
const code = files.filter((path) => /^(src|test)\/.*\.(ts|tsx|mjs)$/.test(path)).map(readSource);
const program = code.filter(({ path }) => path.startsWith('src/'));
const tests = code.filter(({ path }) => /^test\/.*\.test\.tsx?$/.test(path));
const dependencies = new Set(Object.keys(packageJson.dependencies));

function show(findings: readonly Finding[]): string[] {
  return findings.map(({ path, line, message }) => `${path}:${line} ${message}`);
}

function readText(path: string): string {
  const bytes = readFileSync(join(root, path));
  return bytes.includes(0) ? '' : bytes.toString('utf8');
}

/** Sources from snippets: path to text. */
function snippets(texts: Readonly<Record<string, string>>): Source[] {
  return Object.entries(texts).map(([path, text]) => parseSource(path, text));
}

describe('the repository', () => {
  it.each<[string, () => Finding[]]>([
    ['imports only from lower layers', () => checkLayers(program)],
    ['keeps its code in the folders of the layout', () => checkSourceFolders(files)],
    ['uses packages only where they belong', () => checkPackages(program, dependencies)],
    ['has no import cycles', () => checkCycles(program)],
    ['has no clock, chance, timer, promise or locale from sim/ to game/', () => checkPurity(program)],
    ['has no any and no switched-off type checks', () => checkTypes(code)],
    ['has no test that is switched off or runs alone', () => checkMutedTests(tests)],
    ['has a test for everything that is registered', () => checkRegistered(program, tests)],
    ['has nothing unexpected at its top level', () => checkTopLevel(files)],
    ['mentions nothing outside itself', () => files.flatMap((path) => checkMentions(path, readText(path)))],
    [
      'has a code map of at most 120 lines',
      () =>
        files
          .filter((path) => path === 'src/README.md')
          .flatMap((path) => checkCodeMap(path, readText(path))),
    ],
  ])('%s', (_, check) => {
    expect(show(check())).toEqual([]);
  });
});

describe('the rule on layers', () => {
  it.each([
    ['a lower layer', 'src/scheduler/queue.ts', '../client/informer.ts', true],
    ['its own folder', 'src/scheduler/queue.ts', './heap.ts', true],
    ['assets', 'src/game/levels.ts', '../../assets/images.json', true],
    ['commands from main', 'src/main.ts', './commands/registry.ts', true],
    ['a higher layer', 'src/sim/queue.ts', '../client/informer.ts', false],
    ['another folder of its layer', 'src/scheduler/queue.ts', '../kubelet/worker.ts', false],
    ['a sibling at the top', 'src/ui/app.tsx', '../server/http.ts', false],
    ['the build scripts', 'src/game/levels.ts', '../dev/build.mjs', false],
    ['main from a folder', 'src/ui/app.tsx', '../main.ts', false],
    ['tests', 'src/game/levels.ts', '../../test/tools.ts', false],
  ])('judges an import of %s', (_, path, specifier, allowed) => {
    const forms = [
      `import { a } from '${specifier}';`,
      `import type { A } from '${specifier}';`,
      `export * from '${specifier}';`,
      `import '${specifier}';`,
      `type B = import('${specifier}').B;`,
    ];
    for (const form of forms) {
      expect(checkLayers(snippets({ [path]: form })), form).toHaveLength(allowed ? 0 : 1);
    }
  });

  it('lets the build scripts use types of the program, not its code', () => {
    const [types, values] = ['import type { A }', 'import { a }'].map((form) =>
      checkLayers(snippets({ 'src/dev/schema.ts': `${form} from '../api/scheme.ts';` })),
    );
    expect(types).toEqual([]);
    expect(values).toHaveLength(1);
  });

  it('names the file, the line and the way out', () => {
    const found = checkLayers(snippets({ 'src/sim/a.ts': "\n\nimport { b } from '../api/b.ts';" }));
    expect(show(found)).toEqual([
      'src/sim/a.ts:3 imports src/api/b.ts: sim/ and api/ go up from layer 0 to 1; move what both need to a lower layer, or pass it in from above',
    ]);
  });

  it.each([
    ['src/helpers/text.ts', false],
    ['src/helpers.ts', false],
    ['src/kubelet/apps/nginx.ts', true],
    ['src/main.ts', true],
  ])('judges the place of %s', (path, allowed) => {
    expect(checkSourceFolders([path])).toHaveLength(allowed ? 0 : 1);
  });
});

describe('the rule on packages', () => {
  it.each([
    ['src/game/session.ts', 'react', false],
    ['src/game/session.ts', 'ink', false],
    ['src/game/session.ts', 'react/jsx-runtime', false],
    ['src/game/session.ts', 'node:fs', false],
    ['src/game/session.ts', 'fs', false],
    ['src/game/session.ts', 'yaml', true],
    ['src/ui/app.tsx', 'ink', true],
    ['src/ui/app.tsx', 'node:fs', true],
    ['src/ui/app.tsx', 'fs/promises', false],
    ['src/ui/app.tsx', 'vitest', false],
    ['src/game/session.ts', '@marcbachmann/cel-js', true],
    ['src/dev/build.mjs', 'esbuild', true],
  ])('judges in %s an import of %s', (path, specifier, allowed) => {
    const sources = snippets({ [path]: `import { a } from '${specifier}';` });
    expect(checkPackages(sources, dependencies)).toHaveLength(allowed ? 0 : 1);
  });
});

describe('the rule on cycles', () => {
  it('finds a cycle of three files and reports it once', () => {
    const sources = snippets({
      'src/sim/a.ts': "import { b } from './b.ts';",
      'src/sim/b.ts': "import { c } from './c.ts';",
      'src/sim/c.ts': "import type { a } from './a.ts';",
      'src/sim/d.ts': "import { a } from './a.ts';",
    });
    expect(show(checkCycles(sources))).toEqual([
      'src/sim/c.ts:1 closes an import cycle: src/sim/a.ts -> src/sim/b.ts -> src/sim/c.ts -> src/sim/a.ts; move what both need to a file of its own',
    ]);
  });

  it('lets two files import the same third', () => {
    const sources = snippets({
      'src/sim/a.ts': "import { c } from './c.ts'; import { b } from './b.ts';",
      'src/sim/b.ts': "import { c } from './c.ts';",
      'src/sim/c.ts': 'export const c = 1;',
    });
    expect(checkCycles(sources)).toEqual([]);
  });
});

describe('the rule on clock, chance, timers and promises', () => {
  it.each([
    ['const a = Date.now();', 'Date.now: use clock.now()'],
    ["const a = Date['now']();", 'Date.now: use clock.now()'],
    ['const { now } = Date;', 'Date.now: use clock.now()'],
    ['const a = new Date();', 'new Date(): use clock.now()'],
    ['const a = Date();', 'Date(): use clock.now()'],
    ['const a = performance.now();', 'performance: use clock.now()'],
    ['const a = Math.random();', 'Math.random: draw from a seeded Random stream'],
    ['const { random } = Math;', 'Math.random: draw from a seeded Random stream'],
    ['const a = crypto.randomUUID();', 'crypto: draw from a seeded Random stream'],
    ['setTimeout(f, 1);', 'setTimeout: schedule an event'],
    ['setInterval(f, 1);', 'setInterval: schedule an event'],
    ['const later = setImmediate;', 'setImmediate: schedule an event'],
    ['queueMicrotask(f);', 'queueMicrotask: schedule an event'],
    ['globalThis.setTimeout(f, 1);', 'globalThis: '],
    ['async function f() {}', 'async: the simulation is synchronous'],
    ['const f = async () => 1;', 'async: the simulation is synchronous'],
    ['class A { async f() {} }', 'async: the simulation is synchronous'],
    ['await f();', 'await: the simulation is synchronous'],
    ['for await (const a of b) f(a);\nexport {};', 'await: the simulation is synchronous'],
    ["const a = import('./a.ts');", 'import(): the simulation is synchronous'],
    ['function f(): Promise<void> {}', 'Promise: the simulation is synchronous'],
    ['Promise.resolve(1);', 'Promise: the simulation is synchronous'],
    ['const a = process.env.HOME;', 'process: have the caller'],
    ["console.log('a');", 'console: return the text'],
    ['a.localeCompare(b);', 'localeCompare: compare with < and >'],
    ['a?.toLocaleUpperCase();', 'toLocaleUpperCase: compare with < and >'],
    ['new Intl.Collator();', 'Intl: compare with < and >'],
    ['const a = date.getHours();', 'getHours: use the getUTC... method'],
  ])('refuses %s', (text, message) => {
    const found = checkPurity(snippets({ 'src/game/a.ts': `\n${text}` }));
    expect(show(found)).toEqual([expect.stringContaining(`src/game/a.ts:2 ${message}`)]);
    expect(checkPurity(snippets({ 'src/ui/a.ts': text }))).toEqual([]);
  });

  it.each([
    ['a date from a number', 'const a = new Date(clock.now());'],
    ['the virtual clock', 'const a = clock.now();'],
    ['a comment', '// Date.now() and await Promise\n/* Math.random() */'],
    ['a string', "const a = 'Math.random() process.env';"],
    ['a template', 'const a = `Date.now() in`;'],
    ['a parameter called process', 'function f(process: Process) { process.crash(); }'],
    ['a member called process', 'const a = { process: 1 }; b.process.crash(); b.performance = 1;'],
    ['Math and Date otherwise', 'Math.floor(a); Date.UTC(2026, 0); date.getUTCHours();'],
  ])('allows %s', (_, text) => {
    expect(show(checkPurity(snippets({ 'src/sim/a.ts': text })))).toEqual([]);
  });
});

describe('the rule on types', () => {
  const any = ['an', 'y'].join('');
  it.each([
    `const a: ${any} = 1;`,
    `const a = b as ${any};`,
    `const a = <${any}>b;`,
    `const a: ${any}[] = [];`,
    `type A = Record<string, ${any}>;`,
    `function f(...a: ${any}) {}`,
    `// ${'@ts-'}ignore`,
    `/* ${'@ts-'}expect-error */`,
  ])('refuses %s', (text) => {
    expect(checkTypes(snippets({ 'test/a.ts': `\n${text}` }))).toMatchObject([
      { path: 'test/a.ts', line: 2 },
    ]);
  });

  it('allows the word in comments, strings and names', () => {
    const text = `// ${any} of: ${any}\nconst ${any} = ': ${any}';\nconst a = { ${any}: ${any} };`;
    expect(checkTypes(snippets({ 'src/a.ts': text }))).toEqual([]);
  });
});

describe('the rule on switched-off tests', () => {
  it.each(['only', 'skip', 'todo'])('refuses .%s on every form of test', (word) => {
    for (const runner of ['it', 'test', 'describe', 'it.concurrent']) {
      const found = checkMutedTests(snippets({ 'test/a.test.ts': `${runner}.${word}('a', f);` }));
      expect(found, runner).toHaveLength(1);
    }
    expect(checkMutedTests(snippets({ 'test/a.test.ts': `it.${word}.each([1])('a', f);` }))).toHaveLength(1);
  });

  it('allows members of the same name elsewhere', () => {
    expect(checkMutedTests(snippets({ 'test/a.test.ts': "list.skip(1); it('a .skip', f);" }))).toEqual([]);
  });
});

describe('the rule on registered things', () => {
  const registry = {
    'src/scheduler/plugins/registry.ts':
      "import type { Plugin } from './plugin.ts';\nimport { nodeName } from './node-name.ts';",
    'src/scheduler/plugins/node-name.ts': 'export const nodeName = 1;',
  };

  it.each([
    ['a test file of its own', 'test/scheduler/plugins/node-name.test.ts', '', true],
    ['a case in a table', 'test/scheduler/plugins/filters.test.ts', "['NodeName', 1]", true],
    ['a case in the folder above', 'test/scheduler/cycle.test.ts', "'node-name'", true],
    ['a longer name only', 'test/scheduler/cycle.test.ts', 'nodeNameSpace', false],
    ['a test elsewhere only', 'test/game/goal.test.ts', "'node-name'", false],
  ])('judges a plugin with %s', (_, path, text, allowed) => {
    const found = checkRegistered(snippets(registry), snippets({ [path]: text }));
    expect(show(found)).toEqual(
      allowed
        ? []
        : [
            'src/scheduler/plugins/registry.ts:2 src/scheduler/plugins/node-name.ts has no test: name "node-name" in a test under test/scheduler/plugins/',
          ],
    );
  });

  it('asks for a registry where every file is one of its kind', () => {
    expect(checkRegistered(snippets({ 'src/game/goals/state.ts': '' }), [])).toMatchObject([
      { path: 'src/game/goals/state.ts', message: expect.stringContaining('no registry.ts') },
    ]);
  });
});

describe('the rules on the rest of the repository', () => {
  it.each([
    ['docs/guide.md', false],
    ['vitest.config.ts', false],
    ['.biome.json', true],
    ['.github/workflows/test.yml', true],
    ['levels/1/1/level.yaml', true],
  ])('judges %s at the top level', (path, allowed) => {
    expect(checkTopLevel([path])).toHaveLength(allowed ? 0 : 1);
  });

  it.each([
    [['see ..', 'shared', 'design.md'].join('/'), false],
    [['cd ', 'work', 'main'].join('/'), false],
    [['', 'tmp', 'h', 'x'].join('/'), false],
    [`https://registry.${'npmjs'}.org/yaml`, false],
    [`"resolved": ${'"https:'}//a.example/b.tgz"`, false],
    ['image: registry.k8s.io/pause:3.10', true],
    ['mountPath: /work/data', true],
    ['mountPath: /tmp/html', true],
  ])('judges the mention %s', (text, allowed) => {
    expect(checkMentions('a.md', `\n${text}`)).toMatchObject(allowed ? [] : [{ path: 'a.md', line: 2 }]);
  });

  it('counts the lines of the code map', () => {
    expect(checkCodeMap('src/README.md', 'a\n'.repeat(120))).toEqual([]);
    expect(checkCodeMap('src/README.md', 'a\n'.repeat(121))).toHaveLength(1);
  });
});
