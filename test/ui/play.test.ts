import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pasteText } from '../../src/ui/control/dispatch.ts';
import { Ui } from '../../src/ui/control/ui.ts';
import { createBuffer, textOf } from '../../src/ui/editor/buffer.ts';
import { FakeHost } from './fakehost.ts';
import type { FakeSession } from './fakesession.ts';
import { pressKeys } from './presskeys.ts';

let folder: string;
let host: FakeHost;
let ui: Ui;
let exits: number;
let stops: number;
let copied: string[];
let time: number;

/** Presses keys one after the other. */
const press = (...keys: readonly string[]): void => pressKeys(ui, ...keys);

const session = (): FakeSession => host.sessions.at(-1) as FakeSession;
const commands = (): string[] =>
  session().acted.flatMap((action) => (action.type === 'command' ? [action.line] : []));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shipshape-play-'));
  host = new FakeHost(folder);
  exits = 0;
  stops = 0;
  time = 1000;
  ui = new Ui(host, { now: () => time, setTimeout: () => 0, clearTimeout: () => undefined });
  copied = [];
  ui.terminal = {
    rows: 24,
    columns: 80,
    exit: () => exits++,
    stop: () => stops++,
    copy: (text) => copied.push(text),
    suspend: (run) => run(),
  };
});

afterEach(() => {
  ui.close();
  rmSync(folder, { recursive: true, force: true });
});

/** From the title into level 2-1. */
function sail(): void {
  press('<enter>', '<enter>');
  expect(ui.state.screen).toBe('level');
}

describe('the way through the menus', () => {
  it('leads from the title over the chart into the level to sail next', () => {
    sail();
    expect(host.calls).toEqual(['new 2-1']);
  });

  it('goes back with Esc from everywhere, and asks before it leaves a level', () => {
    sail();
    press('<escape>');
    expect(ui.state.overlay).toMatchObject({ kind: 'confirm', what: 'leave' });
    press('n');
    expect(ui.state.screen).toBe('level');
    press('<escape>', 'y');
    expect(ui.state.screen).toBe('chart');
    expect(host.calls).toContain('save 2-1');
    press('<escape>');
    expect(ui.state.screen).toBe('title');
    press('<escape>');
    expect(ui.state.overlay).toMatchObject({ what: 'exit' });
    press('<escape>');
    expect([ui.state.overlay, exits]).toEqual([undefined, 0]);
  });

  it('asks before q ends the program, and saves the level', () => {
    sail();
    press('q');
    expect(exits).toBe(0);
    press('y');
    expect([exits, host.calls.includes('save 2-1')]).toEqual([1, true]);
  });

  it('goes along the route with down and up beyond the last island', () => {
    press('<enter>', '<down>', '<down>', '<down>', '<enter>');
    expect(host.calls).toEqual(['new 3-1']);
    press('<escape>', 'y', '<up>', '<up>', '<up>', '<enter>');
    expect(host.calls.at(-1)).toBe('new 1-1');
  });

  it('asks before Ctrl+C ends the program while a file is edited, and leaves a question with it', () => {
    sail();
    press('e', '<ctrl+c>');
    expect(ui.state.overlay).toMatchObject({ kind: 'confirm', what: 'exit' });
    press('n', '<escape>', 'a', '<ctrl+c>');
    expect([ui.state.overlay, exits]).toEqual([undefined, 0]);
  });

  it('works with the Korean input method on', () => {
    sail();
    press('ㅂ');
    expect(ui.state.overlay).toMatchObject({ kind: 'confirm', what: 'exit' });
  });

  it('continues a saved game', () => {
    host.savedGame = { levelId: '2-1', elapsed: 1 };
    press('<enter>');
    expect(ui.level?.levelId).toBe('2-1');
  });

  it('opens a sandbox with as many ships as wished', () => {
    press('<down>', '<enter>', '<right>', '<right>', '<down>', '<left>', '<enter>');
    expect(host.calls).toEqual(['sandbox 5 2 4Gi']);
  });

  it('changes and keeps settings', () => {
    press('<down>', '<down>', '<enter>', '<right>');
    expect([ui.state.settings.language, host.settings.language]).toEqual(['ko', 'ko']);
  });

  it('shows the keys with ?, also from an empty prompt', () => {
    sail();
    press('?');
    expect(ui.state.overlay?.kind).toBe('help');
    press('?', ':', '?');
    expect(ui.state.overlay?.kind).toBe('help');
    press('<escape>', 'a?');
    expect(textOf(ui.level?.prompt ?? expect.fail())).toBe('a?');
  });

  it('hands the terminal back with Ctrl+Z wherever one is', () => {
    press('<ctrl+z>');
    sail();
    press('e', '<ctrl+z>');
    expect(stops).toBe(2);
  });
});

describe('the prompt', () => {
  it('runs what is typed and remembers it', () => {
    sail();
    press(':', 'kubectl get pods', '<enter>', 'kubectl get nodes', '<enter>', 'dra', '<up>', '<up>');
    expect(commands()).toEqual(['kubectl get pods', 'kubectl get nodes']);
    expect(ui.level?.prompt.lines[0]).toBe('kubectl get pods');
    press('<down>', '<down>');
    expect(ui.level?.prompt.lines[0]).toBe('dra');
  });

  it('treats command letters as text', () => {
    sail();
    press(':', 'q', 'w', ' ', 'h');
    expect(ui.level?.prompt.lines[0]).toBe('qw h');
    expect(ui.state.overlay).toBeUndefined();
  });

  it('completes as far as all candidates agree, and shows them', () => {
    sail();
    session().completions = { start: 8, candidates: ['get', 'get-contexts'] };
    press(':', 'kubectl g', '<tab>');
    expect([ui.level?.prompt.lines[0], ui.level?.candidates]).toEqual([
      'kubectl get',
      ['get', 'get-contexts'],
    ]);
    session().completions = { start: 8, candidates: ['get'] };
    press('<tab>');
    expect([ui.level?.prompt.lines[0], ui.level?.candidates]).toEqual(['kubectl get ', []]);
  });

  it('runs several pasted lines as several commands, each when the one before is done', () => {
    sail();
    press(':');
    pasteText(ui, 'one\n\ntwo\r\nthree');
    expect(commands()).toEqual(['one', 'two']);
    expect(ui.level?.prompt.lines[0]).toBe('three');
    session().prompt = { kind: 'busy' };
    pasteText(ui, '\nfour\n');
    expect(commands()).toEqual(['one', 'two']);
    session().prompt = { kind: 'ready', prompt: '$ ' };
    ui.touch();
    expect(commands()).toEqual(['one', 'two', 'three', 'four']);
  });

  it('hands a line to a program that reads, and ends its input with Ctrl+D', () => {
    sail();
    session().prompt = { kind: 'reading', prompt: '/ # ', secret: false };
    press(':', 'ls', '<enter>', '<ctrl+d>');
    expect(session().acted.slice(-2)).toEqual([{ type: 'input', line: 'ls' }, { type: 'input' }]);
  });

  it('interrupts with Ctrl+C, and does not end the program', () => {
    sail();
    session().prompt = { kind: 'busy' };
    press(':', '<ctrl+c>');
    expect(session().acted).toEqual([{ type: 'interrupt' }]);
    expect(ui.state.overlay).toBeUndefined();
  });

  it('clears the terminal with Ctrl+L', () => {
    sail();
    press(':', '<ctrl+l>');
    expect(ui.level?.clearedTo).toBe(session().transcript.at(-1)?.id);
  });
});

describe('the manifest editor', () => {
  it('saves and applies with Ctrl+S, in the session and on disk', () => {
    sail();
    press('e', '# ', '<ctrl+s>');
    expect(commands()).toEqual(['kubectl apply -f web.yaml']);
    expect(session().files.get('web.yaml')).toMatch(/^# apiVersion/);
    expect(readFileSync(join(folder, '2-1/web.yaml'), 'utf8')).toMatch(/^# apiVersion/);
  });

  it('makes a new file', () => {
    sail();
    press('e', '<ctrl+n>', 'db', '<enter>', 'kind: Pod');
    expect(session().files.has('db.yaml')).toBe(true);
    expect(ui.level?.files[ui.level.file]?.buffer.lines).toEqual(['kind: Pod']);
  });

  it.each(['../x.yaml', 'a b', '.x', 'a/b'])('makes no file called %j', (name) => {
    sail();
    press('e', '<ctrl+n>', name, '<enter>');
    expect(session().acted).toEqual([]);
  });

  it('reads a file again that was saved by another editor', () => {
    sail();
    writeFileSync(join(folder, '2-1/web.yaml'), 'kind: Changed\n');
    ui.folder?.refresh();
    expect(session().acted).toEqual([{ type: 'file', path: 'web.yaml', text: 'kind: Changed\n' }]);
    expect(ui.level?.files[0]?.buffer.lines[0]).toBe('kind: Changed');
  });

  it('keeps what was typed and not saved when the file changes on disk, and says so', () => {
    sail();
    press('e', 'mine');
    writeFileSync(join(folder, '2-1/web.yaml'), 'theirs');
    ui.folder?.refresh();
    expect(ui.level?.files[0]?.buffer.lines[0]).toMatch(/^mine/);
    expect(ui.level?.notice).toContain('your text stays');
    expect(readFileSync(join(folder, '2-1/.earlier/web.yaml'), 'utf8')).toBe('theirs');
  });

  it('takes the line ends and the mark at the beginning that other systems write', () => {
    sail();
    writeFileSync(join(folder, '2-1/web.yaml'), '\ufeffkind: Pod\r\nmetadata: {}\r\n');
    ui.folder?.refresh();
    const file = ui.level?.files[0];
    expect(file?.buffer.lines).toEqual(['\ufeffkind: Pod', 'metadata: {}', '']);
    expect(file?.saved).toBe(textOf(file?.buffer ?? createBuffer('')));
    ui.touch();
    expect(ui.level?.files[0]).toBe(file);
  });

  it('says of a file that it does not read why, and goes on with what it had', () => {
    sail();
    writeFileSync(join(folder, '2-1/web.yaml'), 'x'.repeat(5_000_000));
    ui.folder?.refresh();
    expect(ui.level?.notice).toBe('web.yaml on disk is too large; what was read before stays');
    expect(session().files.get('web.yaml')).toContain('kind: Deployment');
    rmSync(join(folder, '2-1/web.yaml'));
    ui.folder?.refresh();
    expect(ui.level?.notice).toBe('web.yaml was removed; its text is in .earlier');
  });

  it('goes on without the folder when nothing can be written there any more', () => {
    sail();
    rmSync(join(folder, '2-1'), { recursive: true });
    writeFileSync(join(folder, '2-1'), 'a file');
    press('e', 'mine ', '<ctrl+s>');
    expect(session().files.get('web.yaml')).toMatch(/^mine /);
    press('<ctrl+n>', 'other', '<enter>', 'more');
    expect(ui.level?.files.at(-1)?.path).toBe('other.yaml');
  });

  it.each([
    ['leaves no file', 'rm', 'could not be run: no text came back'],
    ['leaves 5 MB', 'head -c 5000000 /dev/zero | tr "\\0" a >', 'too large for the game'],
  ])('survives an editor that %s', async (_, editor, said) => {
    host.editor = `sh -c '${editor} "$1"' sh`;
    sail();
    press('e', 'mine ', '<ctrl+e>');
    await expect.poll(() => ui.level?.notice).toContain(said);
    expect(ui.level?.files[0]?.buffer.lines[0]).toMatch(/^mine /);
  });

  it('hands the file to the player’s editor and takes back what it saved', async () => {
    host.editor = 'echo "# by hand" >';
    sail();
    press('e', '<ctrl+e>');
    await expect.poll(() => session().files.get('web.yaml')).toBe('# by hand\n');
    expect(ui.level?.files[0]?.buffer.lines[0]).toBe('# by hand');
  });

  it('says why the player’s editor could not be run', async () => {
    host.editor = '/does/not/exist';
    sail();
    press('e', '<ctrl+e>');
    await expect.poll(() => ui.level?.notice).toContain('could not be run');
  });

  it('edits a text that a program asks for, and sends it', () => {
    sail();
    session().prompt = { kind: 'editor', fileName: 'web-edit.yaml', text: 'replicas: 1' };
    ui.touch();
    expect(ui.level).toMatchObject({ focus: 'editor', typing: true });
    press('# ', '<ctrl+s>');
    expect(session().acted).toEqual([{ type: 'edited', text: '# replicas: 1' }]);
    expect(ui.level?.files.map(({ path }) => path)).toEqual(['web.yaml', 'web-svc.yaml']);
    expect(ui.level).toMatchObject({ focus: 'terminal', tab: 'terminal', typing: true });
  });

  it('tells the program when its text is left without saving', () => {
    sail();
    session().prompt = { kind: 'editor', fileName: 'web-edit.yaml', text: 'replicas: 1' };
    ui.touch();
    press('<escape>');
    expect(session().acted).toEqual([{ type: 'edited' }]);
  });
});

describe('the level', () => {
  it('pauses, goes faster and steps', () => {
    sail();
    press(' ', ' ');
    expect(ui.level?.paused).toBe(true);
    press('+', '+');
    expect(ui.level).toMatchObject({ speed: 4, paused: false });
    const before = session().elapsed;
    press('.');
    expect([ui.level?.paused, session().elapsed - before]).toEqual([true, 1]);
  });

  it.each<[string, readonly string[]]>([
    ['Space', [' ']],
    ['another panel', ['<tab>']],
    ['another tab', ['4']],
    ['the manifest', ['e']],
    ['the prompt', [':']],
    ['a step', ['.']],
    ['another speed', ['+']],
    ['an answer', ['a', 'cargo-2', '<enter>']],
  ])('has its time wait for the briefing to be read, until %s', (_, keys) => {
    sail();
    press('<down>', '<pagedown>', 'h', '?', '<escape>');
    expect(ui.level).toMatchObject({ reading: true, paused: false });
    press(...keys);
    expect(ui.level?.reading).toBe(false);
  });

  it('lets no time wait where nothing is scored', () => {
    host.goalless = true;
    sail();
    expect(ui.level?.reading).toBe(false);
  });

  it('lets its time begin with what is pasted and with a file that another program saves', () => {
    sail();
    pasteText(ui, 'kubectl get pods\n');
    expect(ui.level?.reading).toBe(false);
    press('<escape>', '<escape>', 'y');
    press('<enter>');
    expect(ui.level?.reading).toBe(true);
    writeFileSync(join(folder, '2-1', 'web.yaml'), 'kind: Pod\n');
    ui.folder?.refresh();
    expect(ui.level?.reading).toBe(false);
  });

  it('opens hints', () => {
    sail();
    press('h');
    expect([session().hints.length, ui.level?.focus]).toEqual([1, 'briefing']);
  });

  it('answers a question', () => {
    sail();
    press('g', '<down>', '<down>', '<enter>', 'cargo-2', '<enter>');
    expect(session().acted).toEqual([{ type: 'answer', goal: 'where', text: 'cargo-2' }]);
    press('a', 'cargo-3', '<enter>');
    expect(session().acted.at(-1)).toEqual({ type: 'answer', goal: 'where', text: 'cargo-3' });
  });

  it('takes pasted text at the prompt wherever the keys are, and in the manifest when it is on show', () => {
    sail();
    pasteText(ui, 'kubectl get pods\n');
    expect(commands()).toEqual(['kubectl get pods']);
    expect(ui.level).toMatchObject({ focus: 'terminal', typing: true });
    press('<escape>', '1');
    pasteText(ui, '# pasted\n');
    const [file] = ui.level?.files ?? [];
    expect(file === undefined ? '' : textOf(file.buffer)).toMatch(/^# pasted\n/);
  });

  it('says beside the prompt what came of an answer', () => {
    sail();
    const { act } = session();
    session().act = (action) => {
      act.call(session(), action);
      if (action.type === 'answer') session().say('note', 'That is right.');
    };
    press('a', 'cargo-2', '<enter>');
    expect(ui.level?.notice).toBe('That is right.');
    press('<down>');
    expect(ui.level?.notice).toBeUndefined();
  });

  it('reads the past of the cluster once for each move through time, not for each frame', () => {
    sail();
    const { fake } = session();
    press('<left>');
    expect(ui.level?.moment).toBeDefined();
    ui.level?.moment?.reader.read(time);
    const reads = fake.reads;
    for (let i = 0; i < 10; i++) ui.level?.moment?.reader.read(time + i * 300);
    expect(fake.reads).toBe(reads);
    press('<escape>');
    expect(ui.level?.moment).toBeUndefined();
  });

  it('throws faults in the sandbox only', () => {
    sail();
    press('f');
    expect([ui.state.overlay, ui.level?.notice]).toEqual([
      undefined,
      'Faults can be thrown in the sandbox only.',
    ]);
  });

  it('scrolls the briefing with the arrows at once, and no further than there is text', () => {
    sail();
    ui.scrollMax = 3;
    press('<down>', '<pagedown>', '<pagedown>', '<up>');
    expect(ui.level?.places.briefing?.scroll).toBe(2);
    press('<end>', '<home>');
    expect(ui.level?.places.briefing?.scroll).toBe(0);
  });

  it('explains the pod that most needs it, and goes to a moment of its history', () => {
    sail();
    press('w');
    expect(ui.state.overlay).toMatchObject({ kind: 'why', name: 'pod/redis-1' });
    press('<enter>');
    expect(ui.level).toMatchObject({ moment: { second: 98 }, focus: 'timeline' });
  });

  it('shows the crane’s view', () => {
    sail();
    press('c');
    expect(ui.state.overlay).toMatchObject({ kind: 'crane', pod: 'redis-1' });
  });

  it('undoes a move by going on with the session before it', () => {
    sail();
    press('u');
    expect(ui.level?.notice).toBe('There is nothing to undo.');
    press(':', 'x', '<enter>', '<escape>', 'u');
    expect(ui.level?.session).not.toBe(session());
    expect(ui.level?.notice).toBe('Took back the last move.');
  });

  it('asks before it starts again', () => {
    sail();
    press('r');
    expect(ui.level?.session).toBe(session());
    press('y');
    expect(ui.level?.session).not.toBe(session());
  });

  it('puts a command about the chosen object at the prompt', () => {
    sail();
    press('4', '<down>', '<enter>');
    expect(ui.level?.prompt.lines[0]).toMatch(/^kubectl describe pod /);
    expect(ui.level).toMatchObject({ focus: 'terminal', typing: true });
  });

  it('tells of the end once, not to be closed by a key still being typed, then shows the result', () => {
    sail();
    press(':', 'kub');
    session().state = { kind: 'won', at: 1 };
    ui.touch();
    ui.touch();
    expect(host.calls.filter((call) => call === 'finish 2-1')).toHaveLength(1);
    // As long as it is typed on, one key after the other.
    for (const key of ['e', ' ', 'n', '<enter>']) {
      time += 400;
      press(key);
      expect([ui.state.screen, ui.state.overlay?.kind]).toEqual(['level', 'finished']);
    }
    time += 1000;
    press('<enter>');
    expect(ui.state.screen).toBe('result');
    press('<enter>');
    expect(ui.level?.levelId).toBe('2-2');
  });
});
