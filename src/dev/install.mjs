// Plain JavaScript that any Node >= 20 runs before a single package is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder, without a trailing separator. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** The Node that package.json pins: everything but the installation runs on it. */
export const pinnedNode = join(root, 'node_modules/node/bin/node');

const OFFLINE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|EHOSTUNREACH)\b/;

/** @param {string} path @returns {Record<string, {version?: string, integrity?: string, optional?: boolean}>} */
function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/**
 * Whether node_modules holds what package-lock.json asks for, on this platform. It compares the lock
 * file with the one npm leaves in node_modules at the end of an installation, so it holds however the
 * packages came there, and takes a few milliseconds.
 */
export function isInstalled() {
  const esbuild = join(root, `node_modules/@esbuild/${process.platform}-${process.arch}`);
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(pinnedNode) || !existsSync(esbuild) || !existsSync(record)) return false;
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(record);
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = present[path];
    if (found === undefined) return optional === true;
    return found.version === version && found.integrity === integrity;
  });
}

/** The command that runs npm: the npm that called us, or the one on PATH. */
function npm() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  if (cli && node && /npm-cli\.[cm]?js$/.test(cli) && existsSync(node)) return [node, cli];
  return ['npm'];
}

/** The environment without our node_modules/.bin on PATH: an installation replaces what lies there. */
function outsideEnvironment() {
  const inside = join(root, 'node_modules');
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.startsWith(inside));
  return { ...process.env, PATH: path.join(delimiter) };
}

/**
 * Installs the packages when they are missing or differ from the lock file. Says what it does on
 * stderr; on failure explains why and ends the process with code 1.
 */
export function install() {
  if (isInstalled()) return;
  console.error('Installing packages (only when they change; this takes about a minute) ...');
  const [command, ...first] = npm();
  const flags = [
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=2000',
  ];
  const { status, error, stdout, stderr } = spawnSync(command, [...first, 'ci', ...flags], {
    cwd: root,
    env: outsideEnvironment(),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0 && isInstalled()) return;
  const output = `${stdout ?? ''}${stderr ?? ''}`.trim();
  if (output !== '') console.error(`\n${output}\n`);
  console.error(explain(error, status, output));
  process.exit(1);
}

/** @param {Error | undefined} error @param {number | null} status @param {string} output */
function explain(error, status, output) {
  if (error) return `The packages were not installed: npm could not be run (${error.message}).`;
  if (OFFLINE.test(output)) {
    return 'The packages were not installed: the package registry could not be reached.\nConnect to the network, or set npm up for your proxy or mirror, and run the same command again.';
  }
  if (status === 0) {
    return `The packages were installed, but ${existsSync(pinnedNode) ? 'they differ from package-lock.json' : 'the pinned Node is missing: npm must be allowed to run its install script (do not set ignore-scripts)'}.`;
  }
  return `The packages were not installed: "npm ci" ended with code ${status}.`;
}
