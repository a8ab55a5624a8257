import type { Context } from '../keys.ts';
import type { HarbourModel } from '../model/harbour.ts';
import { findCrate } from '../scene/crates.ts';
import type { LevelUi, UiState } from '../store.ts';

/** Which bindings hold now. */
export function contextOf(state: UiState): Context {
  const { overlay, screen, level } = state;
  if (overlay !== undefined) {
    if (overlay.kind === 'confirm') return 'confirm';
    return overlay.kind === 'field' ? 'field' : 'overlay';
  }
  if (screen === 'opening') return 'opening';
  if (screen === 'result') return 'result';
  if (screen !== 'level' || level === undefined) return 'menu';
  if (!level.typing) return 'panel';
  return level.focus === 'editor' ? 'editor' : 'prompt';
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
