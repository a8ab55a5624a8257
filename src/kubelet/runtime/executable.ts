import type { AppModel } from '../apps/app.ts';
import { baseName } from '../tools/filetree.ts';
import { findTool } from '../tools/registry.ts';
import type { Tool } from '../tools/tool.ts';
import type { ImageSpec } from './imagespec.ts';

/** What a command line of an image runs: the image's app, or one of its tools. */
export type Executable =
  | { readonly kind: 'app'; readonly argv: readonly string[]; readonly app: AppModel }
  | { readonly kind: 'tool'; readonly argv: readonly string[]; readonly tool: Tool };

/** The command line a container is started with: the pod's, else the image's. */
export function argvOf(
  spec: ImageSpec,
  command: readonly string[] | undefined,
  args: readonly string[] | undefined,
): readonly string[] {
  if (command !== undefined && command.length > 0)
    return args === undefined ? command : [...command, ...args];
  if (args !== undefined && args.length > 0) return [...spec.entrypoint, ...args];
  let argv = imageArgv.get(spec);
  if (argv === undefined) {
    argv = Object.freeze([...spec.entrypoint, ...spec.cmd]);
    imageArgv.set(spec, argv);
  }
  return argv;
}

/** The command lines of images, shared by the containers that run them as they are. */
const imageArgv = new WeakMap<ImageSpec, readonly string[]>();

type Found = Executable | { readonly error: string };

/** What was found last for a command line, and in which image for which app: the containers of an image share it. */
const lastFound = new WeakMap<
  readonly string[],
  { readonly spec: ImageSpec; readonly app: AppModel | undefined; readonly found: Found }
>();

/** Finds what a command line runs; `error` is the operating system's, as Go words it. */
export function findExecutable(spec: ImageSpec, argv: readonly string[], app: AppModel | undefined): Found {
  const last = lastFound.get(argv);
  if (last?.spec === spec && last.app === app) return last.found;
  const found = find(spec, argv, app);
  lastFound.set(argv, { spec, app, found });
  return found;
}

function find(spec: ImageSpec, argv: readonly string[], app: AppModel | undefined): Found {
  let rest = argv;
  while (rest.length > 1 && spec.wrappers.includes(rest[0] as string)) {
    rest = rest.slice(1);
    if (rest[0] === '--' && rest.length > 1) rest = rest.slice(1);
    // These scripts put their own program in front of bare options: `args: ["--port", "6380"]`.
    if (rest[0]?.startsWith('-') === true && spec.cmd[0] !== undefined) rest = [spec.cmd[0], ...rest];
  }
  const name = rest[0] ?? '';
  const tool = toolOf(spec, name);
  const isApp = app !== undefined && isAppName(spec, name, tool);
  if (isApp) return { kind: 'app', argv: rest, app };
  if (tool !== undefined) return { kind: 'tool', argv: rest, tool };
  return { error: notFound(name) };
}

/** The tool of that name or path in an image; what an app's program does beside running the app is a tool too. */
export function toolOf(spec: ImageSpec, name: string): Tool | undefined {
  const base = baseName(name);
  if (name.includes('/') && !/^(?:\/usr(?:\/local)?)?\/s?bin\/[^/]+$/.test(name)) return undefined;
  return spec.tools.has(base) || spec.executables.includes(base) ? findTool(base) : undefined;
}

/** `exec: "sh": executable file not found in $PATH`. */
export function notFound(name: string): string {
  return name.includes('/')
    ? `exec: "${name}": stat ${name}: no such file or directory`
    : `exec: "${name}": executable file not found in $PATH`;
}

function isAppName(spec: ImageSpec, name: string, tool: Tool | undefined): boolean {
  if (spec.executables.includes('*')) return tool === undefined && name !== '';
  return spec.executables.includes(baseName(name));
}
