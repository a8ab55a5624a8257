// What a frame of the level screen costs in a small and in a large harbour, while pods change: the pods
// are written straight to etcd, then the screen is drawn. Prints one line of JSON. Run by run.ts:
// `node frame.ts NODES PODS TAB FRAMES`, TAB a tab of the screen, or "crate" for a crate being chosen.
import type { KubeObject } from '../../src/api/object.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import type { Draw } from '../../src/ui/draw.ts';
import { drawFrame } from '../../src/ui/frame.ts';
import { HarbourReader } from '../../src/ui/model/harbour.ts';
import { createUiStore, newLevelUi, TABS, type UiState } from '../../src/ui/store.ts';
import { texts } from '../../src/ui/texts/registry.ts';
import { createTheme } from '../../src/ui/theme/theme.ts';
import { newEvent, newNode, newPod } from '../ui/fakecluster.ts';
import { FakeHost } from '../ui/fakehost.ts';
import { FakeSession } from '../ui/fakesession.ts';

const CHANGES = 20;
const [nodes = 3, pods = 30] = process.argv.slice(2, 4).map(Number);
const tab = process.argv[4] ?? 'terminal';
const frames = Number(process.argv[5] ?? 300);

const cluster = new Cluster({ seed: 1, nodes: [] });
// It stands, and no time passes: nobody reacts to what is written.
if (!cluster.boot()) throw new Error('the cluster does not come up');
const cause = { component: 'bench', trigger: 0, input: 'bench' };
function put(resource: string, object: KubeObject): void {
  const { namespace, name } = object.metadata;
  const key = `/registry/${resource}/${namespace === undefined ? '' : `${namespace}/`}${name}`;
  const before = cluster.etcd.history.get(key, cluster.revision);
  const written = cluster.etcd.putIf(key, before?.modRevision ?? 0, () => object, cause);
  if (!written.ok) throw new Error(JSON.stringify(written));
}

const nodeOf = (pod: number): string => `cargo-${1 + (pod % nodes)}`;
const podOf = (pod: number, ready: boolean): KubeObject =>
  newPod(`web-${pod}`, { app: `app-${pod % 50}`, node: nodeOf(pod), cpu: '50m', ready });
for (let i = 1; i <= nodes; i++) put('minions', newNode(`cargo-${i}`));
for (let i = 0; i < pods; i++) put('pods', podOf(i, true));

const session = new FakeSession('en');
// An hour has passed.
session.history = Array.from({ length: 3600 }, (_, second) => ({ second, index: (second % 7) / 6 }));
const reader = new HarbourReader(cluster);
const level = {
  ...newLevelUi('2-1', Object.defineProperty(session, 'cluster', { value: cluster }), reader, 1),
  ...(tab === 'crate' ? { crate: `default/web-${pods - 1}` } : {}),
  tab: TABS.find((name) => name === tab) ?? 'terminal',
};
const store = createUiStore({ language: 'en', colour: 'auto', glyphs: 'auto', speed: 1 });
const state: UiState = { ...store.getState(), screen: 'level', level };
const theme = createTheme({ colour: true, ascii: false });
const host = new FakeHost('/nowhere');

const samples: number[] = [];
for (let frame = 0; frame < frames; frame++) {
  for (let i = 0; i < CHANGES; i++) put('pods', podOf((frame * CHANGES + i) % pods, frame % 2 === 0));
  put('events', newEvent(`web-${frame}.${frame}`, frame, 'Scheduled', 'Successfully assigned'));
  session.history.push({ second: session.history.length, index: 0.5 });
  const draw: Draw = { theme, t: texts.en, language: 'en', now: frame * 16, columns: 120, rows: 40 };
  const began = performance.now();
  drawFrame(draw, state, host);
  // The first frames are those of a cold program.
  if (frame >= frames / 10) samples.push(performance.now() - began);
}
samples.sort((a, b) => a - b);
const at = (share: number): number => samples[Math.floor(share * samples.length)] ?? Number.NaN;
console.log(JSON.stringify({ p50: at(0.5), p99: at(0.99) }));
