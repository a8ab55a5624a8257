import type { Cluster } from '../cluster/cluster.ts';
import type { Machine } from '../cluster/machine.ts';
import { type WhyWords, whyWords } from '../cluster/whywords.ts';
import type { FileSystem } from '../kubectl/context.ts';
import { KubeConfig } from '../kubectl/kubeconfig.ts';
import { type Credentials, NO_CAPABILITIES, SUPERUSER } from '../kubelet/tools/credentials.ts';
import { directoryOf, type FileTree, makeDirectories, resolvePath } from '../kubelet/tools/filetree.ts';
import { findTool } from '../kubelet/tools/registry.ts';
import { bash } from '../kubelet/tools/sh.ts';
import { newShell, type ShellState } from '../kubelet/tools/shellstate.ts';
import { runScript } from '../kubelet/tools/shinterpreter.ts';
import { needsMore } from '../kubelet/tools/shparser.ts';
import {
  JOB_INPUT,
  type MachineFigures,
  MORE_PROMPT,
  readAll,
  type Tool,
  type ToolContext,
  type ToolInput,
} from '../kubelet/tools/tool.ts';
import type { Answer, Program, Stdio, Wait } from '../sim/program.ts';
import type { Random } from '../sim/random.ts';
import {
  type CommandContext,
  type GuestCommand,
  guestCommand,
  type Place,
  type ShellCommand,
} from './command.ts';
import { commands } from './commands/registry.ts';
import { Jobs } from './jobs.ts';
import { machineProcesses, signalProcess } from './processes.ts';
import { FolderTree, MachineTree } from './trees.ts';

/** The player in the harbour office: an ordinary user. */
const PLAYER: Credentials = Object.freeze({
  uid: 1000,
  gid: 1000,
  groups: Object.freeze([1000]),
  effective: NO_CAPABILITIES,
});

export interface ShellOptions {
  readonly cluster: Cluster;
  /** The player's folder. */
  readonly files: FileSystem;
  /**
   * The sentence with which a command is refused, asked whenever one is to run, in the office or aboard;
   * undefined lets it run. `name` is the command's own name, whatever it was called by.
   */
  readonly refuses?: (name: string, args: readonly string[]) => string | undefined;
  /** Commands of whoever the office is part of. */
  readonly gameCommands?: readonly GuestCommand[];
  /** In which words `why` explains; English when left out. */
  readonly words?: WhyWords;
}

export interface Completion {
  /** Where in the line the word to be replaced begins. */
  readonly start: number;
  readonly candidates: readonly string[];
}

const HARBOUR: Place = Object.freeze({ kind: 'harbour' });
const HARBOUR_NAME = 'harbour';
const MAX_CANDIDATES = 200;
/** The status of a command that was found and may not be run. */
const NOT_PERMITTED = 126;

/** Everyday tools that make sense to complete; more exist. */
const EVERYDAY = [
  'awk',
  'base64',
  'cat',
  'cd',
  'clear',
  'cp',
  'curl',
  'date',
  'diff',
  'echo',
  'find',
  'grep',
  'head',
  'ls',
  'mkdir',
  'mv',
  'nslookup',
  'pwd',
  'rm',
  'sed',
  'sleep',
  'sort',
  'tail',
  'tee',
  'vi',
  'watch',
  'wc',
  'wget',
  'xargs',
];

/**
 * The player's command line in the harbour office: a POSIX-like shell over the player's folder with
 * kubectl, ssh and the other commands of the registry. Aboard a machine the same shell runs over the
 * machine's disk and network.
 */
export class Shell {
  readonly #cluster: Cluster;
  readonly #tree: FolderTree;
  readonly #random: Random;
  readonly #config: KubeConfig;
  readonly #refuses: NonNullable<ShellOptions['refuses']>;
  readonly #words: WhyWords;
  readonly #commands: readonly ShellCommand[];
  /** kubeconfigs and disks of the machines that were visited. */
  readonly #aboard = new Map<string, { readonly config: KubeConfig; readonly tree: MachineTree }>();
  /** The sessions that are open, the innermost last. */
  readonly #sessions: Place[] = [];
  readonly #state: ShellState;
  readonly #jobs: Jobs;
  /** Where the line that runs writes. */
  #stdio: Stdio = { out: () => {}, err: () => {} };
  #changes = 0;

  constructor(options: ShellOptions) {
    this.#cluster = options.cluster;
    this.#tree = new FolderTree(options.files);
    this.#random = options.cluster.sim.stream('shell');
    this.#config = newConfig(options.cluster);
    this.#refuses = options.refuses ?? (() => undefined);
    this.#words = options.words ?? whyWords;
    this.#commands = [...commands, ...(options.gameCommands ?? []).map(guestCommand)];
    const stdio: Stdio = { out: (text) => this.#stdio.out(text), err: (text) => this.#stdio.err(text) };
    this.#jobs = new Jobs(options.cluster.sim, stdio);
    this.#state = newShell(this.#context(HARBOUR, stdio, true), HARBOUR_NAME, [HARBOUR_NAME]);
  }

  /** Wraps what goes on running beside the lines, as whoever runs the lines wants it. */
  beside: ((program: Program) => Program) | undefined;

  /** Counts what the lines so far changed outside the API: services stopped, files on machines written. */
  get changes(): number {
    return this.#changes;
  }

  /** The folder that the shell of the office stands in. */
  get directory(): string {
    return this.#state.ctx.directory;
  }

  prompt(): string {
    const { directory } = this;
    return directory === '/' ? `${HARBOUR_NAME} $ ` : `${HARBOUR_NAME}:${directory.slice(1)} $ `;
  }

  /** A program that does what the line says. Mistakes print and end; the exit code is the last command's. */
  *run(line: string, stdio: Stdio): Program {
    this.#stdio = stdio;
    const script = yield* wholeScript(line);
    this.#jobs.line = script;
    this.#jobs.beside = this.beside;
    yield* runScript(this.#state, script);
    this.#jobs.report();
    const left = this.#state.leaving;
    this.#state.leaving = undefined;
    if (left?.to === 'exit') stdio.out('There is no leaving the harbour office this way.\n');
    return this.#state.status;
  }

  /** What the last word of the line could become. */
  complete(line: string): Completion {
    const from = Math.max(line.lastIndexOf(';'), line.lastIndexOf('|'), line.lastIndexOf('&')) + 1;
    const words = line.slice(from).trimStart().split(/\s+/);
    const last = words.at(-1) ?? '';
    const start = line.length - last.length;
    const matching = (candidates: readonly string[]): Completion => ({
      start,
      candidates: [...new Set(candidates)]
        .filter((name) => name.startsWith(last))
        .sort()
        .slice(0, MAX_CANDIDATES),
    });
    const place = this.#sessions.at(-1) ?? HARBOUR;
    // Where a shell aboard stands is its own business: there, paths are completed from the root.
    const standing = place === HARBOUR ? this.#state.ctx : { files: this.#treeOf(place), directory: '/' };
    if (words.length <= 1) return matching([...this.#commandNames(place), ...EVERYDAY]);
    const command = this.#command(words[0] as string);
    if (command?.complete === undefined) return matching(fileNames(standing, last));
    const context = {
      cluster: this.#cluster,
      place,
      config: this.#configAt(place),
      files: this.#filesAt(standing),
    };
    return matching(command.complete(context, words.slice(1)));
  }

  #commandNames(place: Place): string[] {
    return this.#commands
      .filter(({ where }) => where === 'anywhere' || where === place.kind)
      .flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  }

  /** kubectl's files are relative to where the shell stands. */
  #filesAt(ctx: Standing): FileSystem {
    const at = (path: string): string => resolvePath(ctx.directory, path);
    return {
      directory: ctx.directory,
      read: (path) => {
        const text = ctx.files.read(at(path));
        return text.ok ? text.value : undefined;
      },
      write: (path, text) => {
        makeDirectories(ctx.files, directoryOf(at(path)));
        ctx.files.write(at(path), text);
      },
      list: (path) => {
        const names = ctx.files.list(at(path));
        if (!names.ok) return undefined;
        return names.value.map((name) => {
          const folder = ctx.files.stat(resolvePath(at(path), name))?.type === 'directory';
          return folder ? `${name}/` : name;
        });
      },
      remove: (path) => ctx.files.remove(at(path)).ok,
    };
  }

  /** Where tools run at a place. */
  #context(place: Place, stdio: Stdio, tty: boolean): ToolContext {
    const cluster = this.#cluster;
    const machine = place.kind === 'machine' ? place.machine : undefined;
    const hostname = machine?.name ?? HARBOUR_NAME;
    return {
      network: machine?.host.namespace ?? cluster.fabric.outside.namespace,
      fabric: cluster.fabric,
      files: this.#treeOf(place),
      env: new Map([
        ['HOME', machine === undefined ? '/' : '/root'],
        ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        ['USER', machine === undefined ? 'captain' : 'root'],
      ]),
      directory: '/',
      stdio,
      input: machine === undefined ? JOB_INPUT : connectedInput(machine),
      tty,
      hostname,
      credentials: machine === undefined ? PLAYER : SUPERUSER,
      random: this.#random,
      now: () => cluster.sim.now() + (place.kind === 'machine' ? place.machine.wall.skew : 0),
      machine: () => figuresOf(machine),
      find: (name) => this.#find(place, name),
      processes: () =>
        machine === undefined ? this.#jobs.processes() : machineProcesses(machine, cluster.registry),
      signal: (pid, signal) =>
        machine === undefined ? this.#jobs.signal(pid) : this.#signal(machine, pid, signal),
      ...(machine === undefined ? { jobs: this.#jobs } : {}),
      pendingSignals: () => [],
      work: (ms) => ms,
    };
  }

  #command(name: string): ShellCommand | undefined {
    return this.#commands.find(
      (command) => command.name === name || command.aliases?.includes(name) === true,
    );
  }

  /** Every command of every shell is found here, so here is where one that is not permitted is stopped. */
  #find(place: Place, name: string): Tool | undefined {
    const command = this.#command(name);
    const found: Tool | undefined =
      command === undefined
        ? findTool(name)
        : { name: command.name, run: (ctx, args) => this.#runCommand(command, place, ctx, args) };
    if (found === undefined) return undefined;
    return { name: found.name, run: (ctx, args) => this.#runPermitted(found, ctx, args) };
  }

  *#runPermitted(tool: Tool, ctx: ToolContext, args: readonly string[]): Program {
    const refusal = this.#refuses(tool.name, args);
    if (refusal === undefined) return yield* tool.run(ctx, args);
    ctx.stdio.err(`${refusal}\n`);
    return NOT_PERMITTED;
  }

  *#runCommand(command: ShellCommand, place: Place, ctx: ToolContext, args: readonly string[]): Program {
    if (command.where !== 'anywhere' && command.where !== place.kind) {
      ctx.stdio.err(
        command.where === 'machine'
          ? `${command.name}: this is the harbour office. Go aboard a node first, as in: ssh ${this.#firstMachine()}\n`
          : `${command.name}: command not found here; type exit to go back to the harbour office\n`,
      );
      return 127;
    }
    const piped = !TERMINALS.has(ctx.input);
    const stdin = piped ? yield* readAll(ctx.input) : undefined;
    const context: CommandContext = {
      cluster: this.#cluster,
      place,
      stdio: ctx.stdio,
      files: this.#filesAt(ctx),
      config: this.#configAt(place),
      random: this.#random,
      words: this.#words,
      stdin,
      interactive: ctx.tty && !piped,
      commands: this.#commands,
      changed: () => void this.#changes++,
      runAt: (there, argv, stdio) => this.#runAt(there, argv, stdio),
      session: (there, stdio) => this.#session(there, stdio),
    };
    return yield* command.run(context, args);
  }

  *#runAt(place: Place, argv: readonly string[], stdio: Stdio): Program {
    const state = newShell(this.#context(place, stdio, false), 'bash', ['bash']);
    yield* runScript(state, argv.join(' '));
    return state.leaving?.to === 'exit' ? state.leaving.code : state.status;
  }

  *#session(place: Place, stdio: Stdio): Program {
    this.#sessions.push(place);
    try {
      return yield* bash.run(this.#context(place, stdio, true), []);
    } finally {
      this.#sessions.pop();
    }
  }

  #signal(machine: Machine, pid: number, signal: string): boolean {
    const found = signalProcess(machine, pid, signal);
    if (found) this.#changes++;
    return found;
  }

  /** What is remembered of a machine from one visit to the next. */
  #visited(machine: Machine): { readonly config: KubeConfig; readonly tree: MachineTree } {
    let visited = this.#aboard.get(machine.name);
    if (visited === undefined) {
      const tree = new MachineTree(machine, () => void this.#changes++);
      visited = { config: newConfig(this.#cluster, '/root/.kube/config'), tree };
      this.#aboard.set(machine.name, visited);
    }
    return visited;
  }

  #configAt(place: Place): KubeConfig {
    return place.kind === 'harbour' ? this.#config : this.#visited(place.machine).config;
  }

  #treeOf(place: Place): FileTree {
    return place.kind === 'harbour' ? this.#tree : this.#visited(place.machine).tree;
  }

  #firstMachine(): string {
    for (const machine of this.#cluster.machines.values()) if (!machine.controlPlane) return machine.name;
    return this.#cluster.controlPlane.name;
  }
}

/** The laptop in the harbour office: what it has besides is nobody's business here. */
const LAPTOP: MachineFigures = Object.freeze({ cpus: 8, memory: 16 * 1024 ** 3, usedMemory: 4 * 1024 ** 3 });

function figuresOf(machine: Machine | undefined): MachineFigures {
  if (machine === undefined) return LAPTOP;
  const { cpu, memory } = machine.containerd;
  return { cpus: Math.ceil(cpu.capacity / 1000), memory: memory.capacity, usedMemory: memory.used };
}

/** A line and those that it needs to be whole: open quotes, loops, here-documents, a backslash at the end. */
function* wholeScript(line: string): Generator<Wait, string, Answer> {
  let script = line;
  while (needsMore(script)) {
    const more = yield* JOB_INPUT.read(MORE_PROMPT);
    if (more === undefined) break;
    script += `\n${more}`;
  }
  return script;
}

/** A directory and the files around it. */
interface Standing {
  readonly directory: string;
  readonly files: FileTree;
}

function fileNames({ directory, files }: Standing, word: string): string[] {
  const slash = word.lastIndexOf('/') + 1;
  const folder = resolvePath(directory, word.slice(0, slash));
  const names = files.list(folder);
  if (!names.ok) return [];
  return names.value.map((name) => {
    const isFolder = files.stat(resolvePath(folder, name))?.type === 'directory';
    return `${word.slice(0, slash)}${name}${isFolder ? '/' : ''}`;
  });
}

/** kubeadm's admin.conf, as far as the game has it. */
function newConfig(cluster: Cluster, path?: string): KubeConfig {
  return new KubeConfig('shipshape', cluster.server, 'kubernetes-admin', path);
}

/** Inputs that are the player's terminal. */
const TERMINALS = new WeakSet<ToolInput>([JOB_INPUT]);

/** The terminal as a machine sees it over ssh: it has ended when the machine was switched off. */
function connectedInput(machine: Machine): ToolInput {
  const { boots } = machine;
  const connected = (): boolean => machine.powered && machine.boots === boots;
  const input: ToolInput = {
    *read(prompt) {
      if (!connected()) return undefined;
      const line = yield* JOB_INPUT.read(prompt);
      return connected() ? line : undefined;
    },
  };
  TERMINALS.add(input);
  return input;
}
