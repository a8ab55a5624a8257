// Bundles the game into dist/. `node src/dev/build.mjs --if-stale` does nothing when dist/ is up to date.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './install.mjs';

const dist = join(root, 'dist');
const WARM_LIMIT_MS = 20_000;
const stamp = join(dist, '.sources');

/** What the bundle is made from. Levels are not among them: the game reads them at run time. */
const SOURCES = ['src', 'assets', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** A hash over path, size and time of change of every source: equal when there is nothing to build. */
function fingerprint() {
  const hash = createHash('sha1');
  const visit = (path) => {
    const info = statSync(join(root, path), { throwIfNoEntry: false });
    if (info === undefined) return;
    if (info.isDirectory()) {
      for (const name of readdirSync(join(root, path)).sort()) visit(`${path}/${name}`);
    } else {
      hash.update(`${path}\0${info.size}\0${info.mtimeMs}\n`);
    }
  };
  for (const source of SOURCES) visit(source);
  return hash.digest('hex');
}

/** The entry: refuses an old Node with a sentence, turns the compile cache on, then loads the game. */
const ENTRY = `#!/usr/bin/env node
import module from 'node:module';
if (Number.parseInt(process.versions.node, 10) < 22) {
  process.stderr.write('Shipshape needs Node 22 or newer; this is ' + process.version + '. "npm start" brings its own.\\n');
  process.exit(1);
}
module.enableCompileCache?.(import.meta.dirname + '/.cache');
await import('./game.js');
`;

/** Yoga's loader asks for \`fetch\`, which makes Node load its whole HTTP client; the wasm is inline. */
const yogaWithoutFetch = {
  name: 'yoga-without-fetch',
  setup(build) {
    build.onLoad({ filter: /yoga-layout[\\/]dist[\\/]binaries[\\/].*\.js$/ }, ({ path }) => ({
      contents: `const fetch = undefined;\n${readFileSync(path, 'utf8')}`,
      loader: 'js',
    }));
  },
};

/** Ink loads React's devtools when DEV=true; they are not installed and have no place in the game. */
const withoutDevtools = {
  name: 'without-devtools',
  setup(build) {
    build.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'nothing' }));
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'export default {};' }));
  },
};

/**
 * string-width builds its tables as it is loaded, which takes as long as all of React; the texts of
 * most frames are measured without it. It does so when it is first called.
 */
const lazyStringWidth = {
  name: 'lazy-string-width',
  setup(build) {
    build.onLoad({ filter: /string-width[\\/]index\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const imports = source.match(/^import .*;$/gm) ?? [];
      const body = imports.reduce((rest, line) => rest.replace(line, ''), source);
      const made = body.replace('export default function', 'return function');
      if (made === body) return undefined;
      return {
        contents: `${imports.join('\n')}
let measure;
const make = () => {${made}};
export default (...given) => (measure ??= make())(...given);`,
        loader: 'js',
      };
    });
  },
};

/**
 * Builds dist/shipshape.js (the entry), dist/game.js and its chunks: what a start needs first is read
 * first. Chunks lie beside game.js, so that paths relative to a module are the same in all of them.
 */
export async function build() {
  const sources = fingerprint();
  const esbuild = await import('esbuild');
  rmSync(stamp, { force: true });
  mkdirSync(dist, { recursive: true });
  for (const name of readdirSync(dist)) if (name.endsWith('.js')) rmSync(join(dist, name));
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: { game: 'src/main.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    jsx: 'automatic',
    charset: 'utf8',
    legalComments: 'none',
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
      'Intl.Segmenter': 'LazySegmenter',
    },
    inject: ['src/dev/lazysegmenter.mjs'],
    // Ink's packages bring copies of their own, and nothing is measured with them.
    alias: {
      'string-width': './node_modules/string-width/index.js',
      // The same modules as for Node, in a form of which only what is used is bundled and loaded.
      yaml: './node_modules/yaml/browser/dist/index.js',
    },
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    plugins: [yogaWithoutFetch, withoutDevtools, lazyStringWidth],
    logLevel: 'warning',
  });
  writeFileSync(join(dist, 'shipshape.js'), ENTRY);
  chmodSync(join(dist, 'shipshape.js'), 0o755);
  warm();
  writeFileSync(stamp, sources);
}

/** Fills the compile cache. Nothing depends on it but the time of the next start. */
function warm() {
  rmSync(join(dist, '.cache'), { recursive: true, force: true });
  const state = mkdtempSync(join(tmpdir(), 'shipshape-warm-'));
  spawnSync(process.execPath, [join(root, 'src/dev/warm.mjs'), join(dist, 'shipshape.js'), state], {
    stdio: 'ignore',
    timeout: WARM_LIMIT_MS,
  });
  rmSync(state, { recursive: true, force: true });
}

/** Whether dist/ was built from the sources as they are now. */
export function isBuilt() {
  try {
    return readFileSync(stamp, 'utf8') === fingerprint();
  } catch {
    return false;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (!(process.argv.includes('--if-stale') && isBuilt())) {
    await build().catch((error) => {
      // esbuild has already printed its own errors with their places.
      if (error.errors === undefined) console.error(error);
      process.exitCode = 1;
    });
  }
}
