// `npm run bench`: measures, and prints Markdown tables. Each measurement is a process of its own, and
// what is compared takes turns. Nothing here is a test: the numbers are those of this machine.
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { WORKLOADS } from './schedulerworkloads.ts';

const root = join(import.meta.dirname, '../..');
const cache = join(root, 'node_modules/.cache/bench');
const LIMIT_MS = 900_000;
/** More than the largest cluster needs, so that its collector is never short of room. */
const LARGE_HEAP_MB = 12_000;

/** What a child prints: names and numbers. */
type Numbers = Readonly<Record<string, number>>;

const PARTS: Readonly<Record<string, (quick: boolean) => Promise<void> | void>> = {
  peer: sideBySide,
  flat: flatness,
  large,
  start: starts,
  latency: keyLatency,
  frame: frameCost,
  hour: virtualHour,
  scheduler,
};

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(`npm run bench -- [--quick] [--only NAME]...\nNames: ${Object.keys(PARTS).join(', ')}`);
  process.exit(0);
}
const unknown = values.only?.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined) {
  console.error(`There is no measurement "${unknown}": there are ${Object.keys(PARTS).join(', ')}.`);
  process.exit(2);
}

console.log(
  `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} x ${cpus()[0]?.model ?? 'CPU'}\n`,
);
execFileSync(process.execPath, [join(root, 'src/dev/build.mjs'), '--if-stale'], {
  cwd: root,
  stdio: 'inherit',
});
for (const [name, measure] of Object.entries(PARTS))
  if (values.only === undefined || values.only.includes(name)) await measure(values.quick);

/** Runs a measurement; undefined when it fails or takes too long. `heapMb`: what the heap may grow to, MiB. */
function measure(script: string, args: readonly (string | number)[], heapMb?: number): Numbers | undefined {
  const flags = ['--expose-gc', ...(heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`])];
  try {
    const output = execFileSync(process.execPath, [...flags, script, ...args.map(String)], {
      cwd: root,
      encoding: 'utf8',
      timeout: LIMIT_MS,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Numbers;
  } catch (error) {
    console.error(`${script} ${args.join(' ')}: ${(error as Error).message}`);
    return undefined;
  }
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  console.log([`## ${title}`, '', line(head), line(rule), ...rows.map(line), ''].join('\n'));
}

function fixed(value: number | undefined, digits = 1): string {
  return value === undefined || Number.isNaN(value) ? '-' : value.toFixed(digits);
}

function perPod(numbers: Numbers | undefined, pods: number, field: string, unit: number): number | undefined {
  const value = numbers?.[field];
  return value === undefined ? undefined : value / pods / unit;
}

/** Until all pods of a Deployment run: ours and webernetes in turn. */
async function sideBySide(quick: boolean): Promise<void> {
  const peer = join(cache, 'peer.mjs');
  // Its imports lack file endings, so Node alone cannot load it.
  await build({
    entryPoints: [join(import.meta.dirname, 'peer.mjs')],
    outfile: peer,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  const cases = quick
    ? ([
        [10, 3],
        [100, 10],
      ] as const)
    : ([
        [10, 3],
        [100, 10],
        [300, 10],
        [1000, 100],
      ] as const);
  const rows = cases.map(([pods, nodes]) => {
    const ours = measure(join(import.meta.dirname, 'deployment.ts'), [pods, nodes]);
    const theirs = measure(peer, [pods, nodes]);
    const ratio = (theirs?.['cpuMs'] ?? Number.NaN) / (ours?.['cpuMs'] ?? Number.NaN);
    return [
      `${pods} / ${nodes}`,
      fixed(perPod(ours, 1, 'cpuMs', 1000), 2),
      fixed(perPod(theirs, 1, 'cpuMs', 1000), 2),
      `${fixed(ratio)}x`,
      fixed(perPod(ours, 1, 'wallMs', 1000), 2),
      fixed(perPod(theirs, 1, 'wallMs', 1000), 2),
      fixed(perPod(ours, pods, 'retained', 1024)),
      fixed(perPod(theirs, pods, 'retained', 1024)),
    ];
  });
  table(
    'Until all pods of a Deployment are Running: Shipshape and @ngrok/webernetes',
    ['pods / nodes', 'CPU s', 'theirs', 'ratio', 'wall s', 'theirs', 'KiB a pod', 'theirs'],
    rows,
  );
  console.log(
    'Measured from the creation of the Deployment in a cluster that stands; memory after a collection, in the heap and outside.\n',
  );
}

/** What a pod costs in small and large clusters: ours alone. */
function flatness(quick: boolean): void {
  const cases = quick
    ? ([
        [100, 100],
        [1000, 100],
      ] as const)
    : ([
        [100, 100],
        [300, 100],
        [1000, 100],
        [2500, 100],
        [5000, 100],
      ] as const);
  const measured = cases.map(([pods, nodes]) => {
    const ours = measure(join(import.meta.dirname, 'deployment.ts'), [pods, nodes]);
    return { pods, nodes, ours };
  });
  const rows = measured.map(({ pods, nodes, ours }) => {
    return [
      `${pods} / ${nodes}`,
      fixed(perPod(ours, 1, 'cpuMs', 1000), 2),
      fixed(perPod(ours, pods, 'cpuMs', 1), 2),
      fixed(perPod(ours, pods, 'retained', 1024)),
      fixed(perPod(ours, pods, 'external', 1024)),
      fixed(perPod(ours, pods, 'events', 1)),
      fixed(perPod(ours, pods, 'revisions', 1)),
      fixed(perPod(ours, 1, 'virtualMs', 1000)),
    ];
  });
  table(
    'Cost of a pod',
    [
      'pods / nodes',
      'CPU s',
      'CPU ms a pod',
      'KiB a pod',
      'of it outside the heap',
      'events a pod',
      'revisions a pod',
      'virtual s',
    ],
    rows,
  );
  const few = measured.find(({ pods }) => pods === (quick ? 100 : 1000));
  const many = measured.at(-1);
  if (few === undefined || many === undefined) return;
  const more = (many.ours?.['retained'] ?? Number.NaN) - (few.ours?.['retained'] ?? Number.NaN);
  const each = fixed(more / (many.pods - few.pods) / 1024);
  console.log(
    `From ${few.pods} to ${many.pods} pods each one adds ${each} KiB; the rest is code and what any cluster has.\n`,
  );
}

/** Large clusters, up to the limits upstream is tested for: 5,000 nodes and 150,000 pods. Ours alone. */
function large(quick: boolean): void {
  const cases = [
    [3000, 100],
    [30_000, 1000],
    [150_000, 5000],
  ] as const;
  const rows = cases.slice(0, quick ? 1 : cases.length).map(([pods, nodes]) => {
    const ours = measure(join(import.meta.dirname, 'deployment.ts'), [pods, nodes], LARGE_HEAP_MB);
    return [
      `${pods} / ${nodes}`,
      fixed(perPod(ours, 1, 'wallMs', 1000)),
      fixed(perPod(ours, 1, 'cpuMs', 1000)),
      fixed(perPod(ours, pods, 'cpuMs', 1), 2),
      fixed(perPod(ours, pods, 'retained', 1024)),
      fixed(perPod(ours, 1, 'peakRss', 1024 ** 2), 0),
      fixed(perPod(ours, 1, 'virtualMs', 1000)),
    ];
  });
  table(
    'Large clusters: until all pods of a Deployment are Running',
    ['pods / nodes', 'wall s', 'CPU s', 'CPU ms a pod', 'KiB a pod', 'peak RSS MiB', 'virtual s'],
    rows,
  );
}

function starts(quick: boolean): void {
  const numbers = measure(join(import.meta.dirname, 'start.ts'), [quick ? 5 : 15]);
  const bare = numbers?.['bareNode'] ?? Number.NaN;
  const names = {
    bareNode: 'node -e 0',
    help: 'shipshape --help, to its end',
    firstPaint: 'shipshape, first output',
    title: 'shipshape, title screen',
    briefing: 'shipshape play first-pod, first frame: the briefing',
    level: 'shipshape play first-pod, the harbour once the cluster stands',
  };
  table(
    'Start, median',
    ['', 'ms', 'times a bare Node'],
    Object.entries(names).map(([field, name]) => [
      name,
      fixed(numbers?.[field], 0),
      fixed((numbers?.[field] ?? Number.NaN) / bare),
    ]),
  );
}

function keyLatency(quick: boolean): void {
  const speeds = [
    [0, 'real time'],
    [3, '16 times'],
    [5, 'as fast as it can'],
  ] as const;
  const rows = speeds.map(([faster, name]) => {
    const numbers = measure(join(import.meta.dirname, 'latency.ts'), [quick ? 80 : 400, faster]);
    const times = ['p50', 'p90', 'p99', 'max'].map((field) => fixed(numbers?.[field]));
    return [name, fixed(numbers?.['keys'], 0), ...times, fixed(numbers?.['missed'], 0)];
  });
  table(
    'From a key to its output',
    ['the cluster runs', 'keys', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms', 'without output'],
    rows,
  );
}

/** What a frame costs in a small and in a large harbour. */
function frameCost(quick: boolean): void {
  const tabs = { terminal: 'harbour, terminal, timeline', crate: 'with a crate chosen', objects: 'objects' };
  const sizes = [
    [3, 30],
    [1000, 10_000],
  ] as const;
  const rows = Object.entries(tabs).flatMap(([tab, name]) =>
    sizes.map(([nodes, pods]) => {
      const numbers = measure(join(import.meta.dirname, 'frame.ts'), [nodes, pods, tab, quick ? 100 : 600]);
      return [name, `${nodes} / ${pods}`, fixed(numbers?.['p50'], 2), fixed(numbers?.['p99'], 2)];
    }),
  );
  table(
    'A frame of 120x40 in which 20 pods have changed, after an hour',
    ['the screen shows', 'nodes / pods', 'p50 ms', 'p99 ms'],
    rows,
  );
}

/** upstream's scheduler_perf: pods assigned a second of processor time, against what upstream must reach. */
function scheduler(quick: boolean): void {
  const rows = Object.entries(WORKLOADS).map(([name, { nodes, measured, threshold }]) => {
    const part = quick ? 0.1 : 1;
    const numbers = measure(join(import.meta.dirname, 'scheduling.ts'), [name, part]);
    const rate = numbers?.['podsPerCpuSecond'] ?? Number.NaN;
    return [
      name,
      `${measured * part} / ${nodes * part}`,
      fixed(perPod(numbers, 1, 'wallMs', 1000), 2),
      fixed(perPod(numbers, 1, 'cpuMs', 1000), 2),
      fixed(rate, 0),
      String(threshold),
      `${fixed(rate / threshold)}x`,
    ];
  });
  table(
    "upstream's scheduler_perf: pods created, assigned and watched, without kubelets",
    ['workload', 'pods / nodes', 'wall s', 'CPU s', 'pods per CPU s', "upstream's threshold", 'ratio'],
    rows,
  );
  console.log(
    'The thresholds are pods a second of wall time; upstream also pays for HTTP, encoding, disks and goroutines, and has many processors.\n',
  );
}

function virtualHour(quick: boolean): void {
  const minutes = quick ? 6 : 60;
  const rows = (
    [
      [10, 200],
      [100, 3000],
    ] as const
  ).map(([nodes, pods]) => {
    const numbers = measure(join(import.meta.dirname, 'hour.ts'), [nodes, pods, minutes]);
    return [
      `${pods} / ${nodes}`,
      fixed(perPod(numbers, 1, 'wallMs', 1000), 2),
      fixed(perPod(numbers, 1, 'cpuMs', 1000), 2),
      fixed(numbers?.['events'], 0),
      fixed(numbers?.['revisions'], 0),
    ];
  });
  table(
    `${minutes} minutes of virtual time, two probes of each pod every 10 s`,
    ['pods / nodes', 'wall s', 'CPU s', 'events', 'revisions'],
    rows,
  );
}
