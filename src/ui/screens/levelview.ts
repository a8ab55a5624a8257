import type { Context } from '../keys.ts';
import type { ClusterSource, HarbourModel, HarbourReader } from '../model/harbour.ts';
import { findCrate } from '../scene/crates.ts';
import type { LevelUi, UiState } from '../store.ts';

/** Which bindings hold now. */
export function contextOf(state: UiState): Context {
  const { overlay, screen, level } = state;
  if (overlay !== undefined) {
    if (overlay.kind === 'confirm') return 'confirm';
    if (overlay.kind === 'faults') return 'faults';
    if (overlay.kind === 'actions' || overlay.kind === 'why') return overlay.kind;
    if (overlay.kind === 'finished') return 'news';
    return overlay.kind === 'field' ? 'field' : 'overlay';
  }
  if (screen === 'opening') return 'opening';
  if (screen === 'result') return 'result';
  if (screen === 'chart') return 'chart';
  if (screen === 'settings' || screen === 'sandbox') return 'choice';
  if (screen !== 'level' || level === undefined) return 'menu';
  if (!level.typing) return level.moment === undefined ? 'panel' : 'past';
  return level.focus === 'editor' ? 'editor' : 'prompt';
}

/** The cluster that is on the screen: as it is, or as it was. */
export function sourceOf({ moment, session }: LevelUi): ClusterSource {
  return moment?.source ?? session.cluster;
}

/** The harbour that is on the screen. */
export function readerOf({ moment, reader }: LevelUi): HarbourReader {
  return moment?.reader ?? reader;
}

/** Virtual time at which the level began, ms since the epoch. */
export function startTime(level: LevelUi): number {
  return level.session.cluster.sim.now() - level.session.elapsed;
}

/** The ship that carries a crate. */
export function shipWith(model: HarbourModel, crate: string | undefined): string | undefined {
  if (crate === undefined) return undefined;
  return model.ships.find(({ crates }) => findCrate(crates, crate) !== undefined)?.name;
}
