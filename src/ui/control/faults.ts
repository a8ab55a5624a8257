import { faults } from '../../cluster/faults/registry.ts';
import { SANDBOX } from '../host.ts';
import type { CommandId } from '../keys.ts';
import { faultWords } from '../screens/faults.ts';
import { shipWith } from '../screens/levelview.ts';
import type { FaultChoice, LevelUi, Overlay } from '../store.ts';
import { texts } from '../texts/registry.ts';
import { act, notify } from './session.ts';
import type { Ui } from './ui.ts';

const EFFECTS = ['breaks', 'mends', 'adds'] as const;

/** Opens the list of what can be broken, mended and added now. */
export function showFaults(ui: Ui, level: LevelUi): void {
  if (level.levelId !== SANDBOX) {
    notify(ui, texts[ui.state.settings.language].faults.onlySandbox);
    return;
  }
  ui.set({ overlay: { kind: 'faults', faults: faultChoices(ui, level), chosen: 0 } });
}

/** Faults by effect; those that can be done to nothing now are left out. */
function faultChoices(ui: Ui, level: LevelUi): readonly FaultChoice[] {
  const { cluster } = level.session;
  // The ship that the player looks at is most likely meant.
  const ship = shipWith(level.reader.read(ui.wall.now()), level.crate);
  return EFFECTS.flatMap((wanted) =>
    faults.flatMap(({ kind, effect, targets: targetsOf }) => {
      if (effect !== wanted) return [];
      const targets = targetsOf(cluster);
      return targets.length === 0 ? [] : [{ kind, effect, targets, target: likely(targets, ship) }];
    }),
  );
}

/** The chosen ship, else a worker: the control plane is broken on purpose only. */
function likely(targets: FaultChoice['targets'], ship: string | undefined): number {
  const chosen = targets.findIndex(({ node, component }) => component === undefined && node === ship);
  if (ship !== undefined && chosen >= 0) return chosen;
  if (targets.some(({ cpu }) => cpu !== undefined)) return Math.floor(targets.length / 2);
  // An error that is nobody's own doing is what one thinks of first.
  const internal = targets.findIndex(({ code }) => code === 500);
  if (internal >= 0) return internal;
  const [first] = targets;
  return first?.node !== undefined && first.component === undefined && targets.length > 1 ? 1 : 0;
}

/** A command given in the list of faults. */
export function faultsCommand(
  ui: Ui,
  overlay: Overlay & { readonly kind: 'faults' },
  command: CommandId,
  close: () => void,
): void {
  const { faults: list, chosen } = overlay;
  const choice = list[chosen];
  switch (command) {
    case 'up':
    case 'down':
      ui.set({
        overlay: { ...overlay, chosen: (chosen + (command === 'up' ? -1 : 1) + list.length) % list.length },
      });
      return;
    case 'targetBefore':
    case 'targetAfter': {
      if (choice === undefined) return;
      const { targets } = choice;
      const target =
        (choice.target + (command === 'targetBefore' ? -1 : 1) + targets.length) % targets.length;
      ui.set({ overlay: { ...overlay, faults: list.with(chosen, { ...choice, target }) } });
      return;
    }
    case 'throwFault':
      close();
      if (choice !== undefined) throwFault(ui, choice);
      return;
    case 'back':
      close();
      return;
    default:
  }
}

function throwFault(ui: Ui, choice: FaultChoice): void {
  const { level } = ui;
  if (level === undefined) return;
  const before = level.session.log.length;
  act(ui, { type: 'fault', fault: { kind: choice.kind, ...choice.targets[choice.target] } });
  const t = texts[ui.state.settings.language];
  // A refusal is a note in the transcript already; here it is said again, where one looks.
  const refused = level.session.log.length === before ? level.session.transcript.at(-1)?.text : undefined;
  notify(ui, refused ?? t.faults.done(faultWords(t, choice)));
}
