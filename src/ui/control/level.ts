import type { KindDefinition } from '../../api/kind.ts';
import { kindByName } from '../../api/kinds/registry.ts';
import { nameOf } from '../../api/object.ts';
import { waitsFor } from '../../cluster/waits/waitsfor.ts';
import { shellWord } from '../../game/commandwords.ts';
import { fleetOf } from '../../game/sandbox.ts';
import type { GoalView } from '../../game/types.ts';
import { createBuffer, insert } from '../editor/buffer.ts';
import { SANDBOX, SPEEDS } from '../host.ts';
import { type CommandId, SCROLL_STEPS } from '../keys.ts';
import { actionRows } from '../model/actions.ts';
import { isQuestion } from '../panels/goals.ts';
import { chosenObject, objectKind, objectsOf } from '../panels/objects.ts';
import { crateKey } from '../scene/crates.ts';
import { readerOf, sourceOf } from '../screens/levelview.ts';
import { type LevelUi, PANELS, type Panel, placeOf, TABS, type Tab } from '../store.ts';
import { texts } from '../texts/registry.ts';
import { whyTexts } from '../texts/whytexts.ts';
import { askForFile } from './editor.ts';
import { showFaults } from './faults.ts';
import { askToFork, returnToLeft } from './fork.ts';
import { restartLevel } from './opening.ts';
import { act, closeLevel, notify, runTime } from './session.ts';
import { backToNow, moveSecond, moveTime } from './timeline.ts';
import type { Ui } from './ui.ts';

/** A command given on the level screen while nothing is typed. */
export function levelCommand(ui: Ui, command: CommandId): void {
  const { level } = ui;
  if (level === undefined) return;
  if (command.startsWith('tab')) {
    const tab = TABS[Number(command.slice(3)) - 1];
    if (tab !== undefined) focusOn(ui, tab, false);
    return;
  }
  switch (command) {
    case 'nextPanel':
    case 'previousPanel': {
      const at = PANELS.indexOf(level.focus) + (command === 'nextPanel' ? 1 : -1);
      focusOn(ui, PANELS[(at + PANELS.length) % PANELS.length] ?? 'harbour', false);
      return;
    }
    case 'editManifest':
      if (level.files.length === 0) askForFile(ui);
      else focusOn(ui, 'editor', true);
      return;
    case 'goals':
      focusOn(ui, 'goals', false);
      return;
    case 'command':
      focusOn(ui, 'terminal', true);
      return;
    case 'open':
      open(ui, level);
      return;
    case 'back':
      back(ui, level);
      return;
    default:
  }
  if (!timeCommand(ui, level, command) && !lookCommand(ui, level, command)) listCommand(ui, level, command);
}

/** Moves the keys to a panel; one of several in a place comes to the front. */
export function focusOn(ui: Ui, panel: Panel, typing: boolean): void {
  const tab: Tab | undefined = TABS.find((name) => name === panel);
  ui.setLevel({ focus: panel, typing, ...(tab === undefined ? {} : { tab }) });
}

function timeCommand(ui: Ui, level: LevelUi, command: CommandId): boolean {
  switch (command) {
    case 'pause':
      ui.setLevel({ paused: !level.paused && !level.reading, reading: false });
      runTime(ui);
      return true;
    case 'step':
      ui.setLevel({ paused: true, reading: false });
      runTime(ui);
      ui.runner.step();
      return true;
    case 'faster':
    case 'slower': {
      const at = SPEEDS.indexOf(level.speed) + (command === 'faster' ? 1 : -1);
      const speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at))] ?? level.speed;
      ui.setLevel({ speed, paused: false, reading: false });
      runTime(ui);
      return true;
    }
    case 'earlier':
    case 'later':
      moveTime(ui, level, command === 'earlier' ? -1 : 1);
      return true;
    default:
      return false;
  }
}

function lookCommand(ui: Ui, level: LevelUi, command: CommandId): boolean {
  const { session } = level;
  const t = texts[ui.state.settings.language];
  switch (command) {
    case 'hint':
      if (session.hintsLeft > 0) act(ui, { type: 'hint' });
      ui.setLevel({ places: { ...level.places, briefing: { scroll: 0, chosen: 0 } } });
      focusOn(ui, 'briefing', false);
      return true;
    case 'why':
      showWhy(ui, level);
      return true;
    case 'crane':
      showCrane(ui, level);
      return true;
    case 'faults':
      showFaults(ui, level);
      return true;
    case 'actions': {
      const rows = actionRows(session.actions, level.undone);
      const chosen = Math.max(0, rows.length - 1);
      ui.set({ overlay: { kind: 'actions', begin: beginCommand(level), rows, chosen } });
      return true;
    }
    case 'traffic': {
      const source = sourceOf(level);
      const exchanges = source.trafficAt(source.sim.now());
      ui.set({ overlay: { kind: 'traffic', exchanges, chosen: Math.max(0, exchanges.length - 1) } });
      return true;
    }
    case 'goOn':
      askToFork(ui, level);
      return true;
    case 'answer': {
      const question = session.goals.find(isQuestion);
      if (question !== undefined) askForAnswer(ui, question);
      return true;
    }
    case 'undoMove': {
      if (returnToLeft(ui, level)) return true;
      const before = session.undoing();
      if (before === undefined) notify(ui, t.level.nothingToUndo);
      else restartLevel(ui, before, t.level.undone);
      return true;
    }
    case 'reset':
      ui.set({ overlay: { kind: 'confirm', what: 'reset' } });
      return true;
    case 'nextKind':
      ui.setLevel({
        kind: nextKind(level),
        focus: 'objects',
        tab: 'objects',
        places: { ...level.places, objects: { scroll: 0, chosen: 0 } },
      });
      return true;
    default:
      return false;
  }
}

/** The command that begins a run like this one. */
function beginCommand({ levelId, session }: LevelUi): string {
  const { seed, cluster } = session;
  if (levelId !== SANDBOX) return `shipshape play ${shellWord(levelId)} --seed ${seed}`;
  const { ships, cpu } = fleetOf(cluster.spec.nodes);
  return `shipshape play ${SANDBOX} --seed ${seed} --ships ${ships} --size ${cpu}`;
}

/** The next kind of which there is an object. */
function nextKind(level: LevelUi): number {
  const first = objectKind(0);
  for (let kind = level.kind + 1; ; kind++) {
    const definition = objectKind(kind);
    if (definition === undefined || definition === first) return 0;
    if (objectsOf(sourceOf(level), definition).length > 0) return kind;
  }
}

interface Subject {
  readonly kind: KindDefinition;
  readonly namespace: string;
  readonly name: string;
}

/** What `why` is asked of: the chosen object or crate, else the pod that most needs an explanation. */
function subjectOf(ui: Ui, level: LevelUi): Subject | undefined {
  if (level.focus === 'objects') {
    return chosenObject(sourceOf(level), level.kind, placeOf(level, 'objects').chosen);
  }
  const model = readerOf(level).read(ui.wall.now());
  const crates = [...model.quay, ...model.ships.flatMap((ship) => ship.crates)];
  const crate =
    crates.find((candidate) => crateKey(candidate) === level.crate) ??
    crates.find(({ state, system }) => state === 'failing' && !system) ??
    crates.find(({ state, system }) => state !== 'ready' && !system) ??
    crates.find(({ system }) => !system) ??
    crates[0];
  const kind = kindByName('pods');
  return crate === undefined || kind === undefined
    ? undefined
    : { kind, namespace: crate.namespace, name: crate.pod };
}

function showWhy(ui: Ui, level: LevelUi): void {
  const subject = subjectOf(ui, level);
  if (subject === undefined) return;
  const { kind, namespace, name } = subject;
  const words = whyTexts[ui.state.settings.language];
  const source = sourceOf(level);
  const lines = source.why(kind, namespace, name, { words });
  const object = source
    .objects(kind, kind.namespaced ? namespace : undefined)
    .find((each) => nameOf(each) === name);
  const waits = object === undefined ? [] : waitsFor(source, object, words.waits);
  const chosen = Math.max(0, lines.length - 1);
  ui.set({ overlay: { kind: 'why', name: `${kind.singular}/${name}`, lines, waits, chosen } });
}

function showCrane(ui: Ui, level: LevelUi): void {
  const subject = subjectOf(ui, level);
  const pods = subject?.kind.plural === 'pods' ? subject : subjectOf(ui, { ...level, focus: 'harbour' });
  if (pods === undefined) return;
  const words = whyTexts[ui.state.settings.language];
  const table = readerOf(level).decisionTable(pods.namespace, pods.name, words.decision);
  ui.set({
    overlay: { kind: 'crane', pod: pods.name, scroll: 0, ...(table === undefined ? {} : { table }) },
  });
}

/** Up, down and pages in the panel that has the keys. */
function listCommand(ui: Ui, level: LevelUi, command: CommandId): void {
  const step = SCROLL_STEPS[command];
  if (step === undefined) return;
  const { focus } = level;
  if (focus === 'harbour') {
    chooseCrate(ui, level, step);
    return;
  }
  if (focus === 'timeline') {
    moveSecond(ui, level, step);
    return;
  }
  if (focus === 'editor') {
    focusOn(ui, 'editor', true);
    return;
  }
  const { scroll, chosen } = placeOf(level, focus);
  const place =
    focus === 'goals' || focus === 'objects'
      ? { scroll, chosen: clamp(chosen + step, countOf(level, focus) - 1) }
      : // Events and the terminal are scrolled away from their end, the briefing from its beginning.
        { scroll: ui.scrolled(scroll, focus === 'briefing' ? step : -step), chosen };
  ui.setLevel({ places: { ...level.places, [focus]: place } });
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}

function countOf(level: LevelUi, panel: Panel): number {
  if (panel === 'goals') return level.session.goals.length;
  const kind = objectKind(level.kind);
  return kind === undefined ? 0 : objectsOf(sourceOf(level), kind).length;
}

function chooseCrate(ui: Ui, level: LevelUi, step: number): void {
  const model = readerOf(level).read(ui.wall.now());
  const crates = [...model.quay, ...model.ships.flatMap((ship) => ship.crates)];
  if (crates.length === 0) return;
  const at = crates.findIndex((crate) => crateKey(crate) === level.crate);
  const next = at < 0 ? (step < 0 ? crates.length - 1 : 0) : clamp(at + step, crates.length - 1);
  const crate = crates[next];
  if (crate !== undefined) ui.setLevel({ crate: crateKey(crate) });
}

/** Enter: what it means depends on the panel. */
function open(ui: Ui, level: LevelUi): void {
  if (level.session.state.kind !== 'playing') {
    ui.set({ screen: 'result', scroll: 0 });
    return;
  }
  if (level.focus === 'editor') {
    if (level.files.length === 0) askForFile(ui);
    else focusOn(ui, 'editor', true);
    return;
  }
  if (level.focus === 'goals') {
    const goal = level.session.goals[placeOf(level, 'goals').chosen];
    if (goal !== undefined && isQuestion(goal)) {
      askForAnswer(ui, goal);
      return;
    }
  }
  if (level.focus === 'objects') {
    const object = chosenObject(sourceOf(level), level.kind, placeOf(level, 'objects').chosen);
    if (object !== undefined) {
      const { kind, namespace, name } = object;
      const inNamespace = !kind.namespaced || namespace === 'default' ? '' : ` -n ${namespace}`;
      ui.setLevel({
        prompt: insert(createBuffer(''), `kubectl describe ${kind.singular} ${name}${inNamespace}`),
      });
    }
  }
  focusOn(ui, 'terminal', true);
}

/** Asks for the answer to a question. */
function askForAnswer(ui: Ui, goal: GoalView): void {
  const label = `${goal.text}  ${texts[ui.state.settings.language].level.answerAsk}:`;
  ui.set({ overlay: { kind: 'field', purpose: 'answer', goal: goal.id, label, input: createBuffer('') } });
}

/** Esc: from what is chosen, then from the level. */
function back(ui: Ui, level: LevelUi): void {
  if (level.moment !== undefined) {
    backToNow(ui);
    return;
  }
  if (level.crate !== undefined) {
    const { crate: _, ...rest } = level;
    ui.set({ level: rest });
    return;
  }
  if (level.session.state.kind === 'playing') {
    ui.set({ overlay: { kind: 'confirm', what: 'leave' } });
    return;
  }
  closeLevel(ui);
  ui.set({ screen: 'chart' });
}
