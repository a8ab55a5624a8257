import type { Pod } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { readTar, type TarEntry, writeTar } from '../../apimachinery/tar.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { type Failure, fail, failure, isFailed } from '../errors.ts';
import { CONTAINER_FLAG, namespaceFor } from '../flagsets.ts';
import { getObject } from '../requests.ts';
import type { Waiting } from '../run.ts';
import { containerOf, copyOutput, openStream } from '../streams.ts';
import type { ParsedArgs, Verb } from '../verb.ts';

/** `[[namespace/]pod:]path`. */
interface FileSpec {
  readonly namespace: string;
  /** Empty: a file in the player's folder. */
  readonly pod: string;
  readonly path: string;
}

/** Lines that a program's input takes ahead of its reading. */
const MAX_LINES = 10_000;

/** `kubectl cp` (pkg/cmd/cp/cp.go): through the container's own tar. */
export const cp: Verb = {
  name: 'cp',
  short: 'Copy files and directories to and from containers',
  long: 'Copy files and directories to and from containers. The container image must have tar.',
  usage: 'kubectl cp <file-spec-src> <file-spec-dest>',
  examples: `  # Copy a file into a pod's first container
  kubectl cp index.html web:/usr/share/nginx/html/index.html

  # Into one container of several, in another namespace
  kubectl cp app.conf harbour/web:/etc/app.conf -c app

  # Copy a file out of a pod
  kubectl cp web:/etc/nginx/nginx.conf nginx.conf`,
  flags: [
    CONTAINER_FLAG,
    {
      name: 'no-preserve',
      type: 'bool',
      usage: "The copied file/directory's ownership and permissions will not be preserved in the container",
    },
    {
      name: 'retries',
      type: 'int',
      usage: 'Set number of retries to complete a copy operation from a container',
    },
  ],
  *run(context, args) {
    if (args.args.length !== 2) return fail(context, 'source and destination are required');
    const [from, to] = args.args.map((arg) => specOf(context, args, arg));
    if (from === undefined || to === undefined) throw new Error('two arguments make two file specs');
    if (isFailed(from)) return fail(context, from.failure);
    if (isFailed(to)) return fail(context, to.failure);
    if (from.pod !== '' && to.pod !== '')
      return fail(context, 'one of src or dest must be a local file specification');
    if (from.path === '' || to.path === '') return fail(context, 'filepath can not be empty');
    if (from.pod === '' && to.pod === '')
      return fail(context, 'one of src or dest must be a remote file specification');
    const problem = yield* from.pod === ''
      ? copyToPod(context, args, from.path, to)
      : copyFromPod(context, args, from, to.path);
    return problem === undefined ? 0 : fail(context, problem.failure);
  },
};

function specOf(context: KubectlContext, args: ParsedArgs, text: string): FileSpec | Failure {
  const colon = text.indexOf(':');
  const namespace = namespaceFor(context, args);
  if (colon < 0) return { namespace, pod: '', path: text };
  const canonical = 'filespec must match the canonical format: [[namespace/]pod:]file/path';
  const where = text.slice(0, colon).split('/');
  const path = text.slice(colon + 1);
  if (colon === 0 || where.length > 2) return failure(canonical);
  return where.length === 1
    ? { namespace, pod: where[0] as string, path }
    : { namespace: where[0] as string, pod: where[1] as string, path };
}

function* copyToPod(
  context: KubectlContext,
  args: ParsedArgs,
  source: string,
  to: FileSpec,
): Waiting<Failure | undefined> {
  const entries = localEntries(context, source);
  if (entries === undefined) return failure(`${source} doesn't exist in local filesystem`);
  const target = yield* targetOf(context, args, to);
  if (isFailed(target)) return target;
  const isDirectory = yield* execute(context, target, ['test', '-d', to.path], '');
  const name = baseOf(source);
  const path = !isFailed(isDirectory) ? `${to.path.replace(/\/$/, '')}/${name}` : to.path.replace(/\/$/, '');
  const [folder, last] = split(path);
  const archive = writeTar(entries.map(({ path: inner, text }) => ({ path: `${last}${inner}`, text })));
  if (archive.split('\n').length > MAX_LINES)
    return failure(`${source} has more lines than can be copied here (${MAX_LINES})`);
  const options = args.bool('no-preserve') ? ['--no-same-permissions', '--no-same-owner'] : [];
  const ended = yield* execute(
    context,
    target,
    ['tar', ...options, '-xmf', '-', ...(folder === '' ? [] : ['-C', folder])],
    archive,
  );
  return isFailed(ended) ? ended : undefined;
}

function* copyFromPod(
  context: KubectlContext,
  args: ParsedArgs,
  from: FileSpec,
  dest: string,
): Waiting<Failure | undefined> {
  const target = yield* targetOf(context, args, from);
  if (isFailed(target)) return target;
  const ended = yield* execute(context, target, ['tar', 'cf', '-', from.path], '');
  if (isFailed(ended)) return ended;
  const prefix = from.path.replace(/^\/+|\/+$/g, '');
  for (const { path, text } of readTar(ended.output) ?? []) {
    const to = `${dest.replace(/\/$/, '')}${path.slice(prefix.length)}`;
    if (path.endsWith('/')) continue;
    if (context.files.list(to) !== undefined) return failure(`open ${to}: is a directory`);
    context.files.write(to, text);
    if (context.files.read(to) !== text) return failure(`open ${to}: no space left on device`);
  }
  return undefined;
}

interface Target {
  readonly pod: Pod;
  readonly container: string;
}

// biome-ignore lint/correctness/useYield: a lookup needs no time.
function* targetOf(context: KubectlContext, args: ParsedArgs, spec: FileSpec): Waiting<Target | Failure> {
  const found = getObject(context, builtin('pods'), spec.namespace, spec.pod);
  if (isFailed(found)) return found;
  const pod = found.object as KubeObject as unknown as Pod;
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed')
    return failure(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  const container = containerOf(context, pod, args.string('container'));
  return isFailed(container) ? container : { pod, container: container.name };
}

/** Runs a command with some input; its output, or how it failed. */
function* execute(
  context: KubectlContext,
  { pod, container }: Target,
  command: readonly string[],
  input: string,
): Waiting<{ readonly output: string } | Failure> {
  const opened = openStream(context, pod, 'exec', { command, container, stdin: input !== '', tty: false });
  if (isFailed(opened)) return opened;
  if (input !== '') {
    for (const line of input.split('\n')) opened.stream.write(line);
    opened.stream.closeInput();
  }
  let output = '';
  const end = yield* copyOutput(opened.stream, ({ stream, text }) => {
    if (stream === 'stdout') output += text;
    else context.stdio.err(text);
  });
  if (end.error !== undefined && end.error !== '') return failure(end.error);
  return end.exitCode === 0 ? { output } : failure(`command terminated with exit code ${end.exitCode}`);
}

/** The files at a path of the player's folder, named from it on: '' for a file itself. */
function localEntries(context: KubectlContext, path: string): readonly TarEntry[] | undefined {
  const text = context.files.read(path);
  if (text !== undefined) return [{ path: '', text }];
  const names = context.files.list(path);
  if (names === undefined) return undefined;
  const entries: TarEntry[] = [{ path: '/', text: '' }];
  for (const name of names) {
    const inner = localEntries(context, `${path.replace(/\/$/, '')}/${name.replace(/\/$/, '')}`) ?? [];
    for (const entry of inner)
      entries.push({ path: `/${name.replace(/\/$/, '')}${entry.path}`, text: entry.text });
  }
  return entries;
}

function baseOf(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? '';
}

/** A path's directory (empty: where one is) and its last part. */
function split(path: string): readonly [string, string] {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return ['', path];
  return [slash === 0 ? '/' : path.slice(0, slash), path.slice(slash + 1)];
}
