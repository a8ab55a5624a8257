import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deployment } from '../../src/api/kinds/deployment.ts';
import { event } from '../../src/api/kinds/event.ts';
import { pod } from '../../src/api/kinds/pod.ts';
import type { ActionLine } from '../../src/game/types.ts';
import { actionRows, type UndoneAction, undoneBy } from '../../src/ui/model/actions.ts';
import { lookAt } from '../../src/ui/model/past.ts';
import { startTime } from '../../src/ui/screens/levelview.ts';
import { KeyPlayer } from './keyplayer.ts';

let folder: string;
let player: KeyPlayer;
let copied: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shipshape-past-'));
  player = new KeyPlayer(folder, 'en');
  copied = [];
  player.ui.terminal = {
    rows: 24,
    columns: 80,
    exit: () => {},
    stop: () => {},
    copy: (text) => copied.push(text),
    suspend: (run) => run(),
  };
});

afterEach(() => {
  player.ui.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Three ships, a Deployment at 1 s, scaled at 11 s, and a request that fails at 21 s. */
function playSandbox(): void {
  player.press('<down>', '<enter>', '<enter>');
  player.pass(1000);
  player.press(':', 'kubectl create deployment web --image=nginx:1.27', '<enter>');
  player.pass(10_000);
  player.press('kubectl scale deployment web --replicas=4', '<enter>');
  player.pass(10_000);
  player.press('curl -s http://web', '<enter>');
  player.pass(5000);
  player.press('<escape>');
}

const names = (): string[] =>
  player.session.cluster.objects(deployment, 'default').map(({ spec }) => `${spec.replicas}`);
const level = () => {
  const { level: shown } = player.ui;
  if (shown === undefined) throw new Error('there is no level');
  return shown;
};

describe('a run in the past', () => {
  it('is gone on from at the moment looked at, waits there, and leaves a way back', () => {
    playSandbox();
    const before = player.session;
    player.press('<left>');
    expect(player.screen()).toContain('looking back: 00:00:11');
    expect(player.screen()).toMatch(/o go on from here +← earlier +→ later +w why/);
    player.press('<left>');
    player.press('o');
    expect(player.screen()).toContain('Go on from 00:00:01?');
    player.press('y');
    expect(player.session).not.toBe(before);
    expect([player.session.elapsed, level().paused, level().moment]).toEqual([1999, true, undefined]);
    expect(player.session.cluster.revision).toBe(
      before.cluster.history.revisionAt(player.session.cluster.sim.now()),
    );
    expect(player.screen()).toContain('It is 00:00:01 again, and time waits: Space lets it pass.');
    player.press('l');
    const list = player.screen();
    expect(list).toMatch(/00:00:01 +typed +│\n/);
    expect(list).toMatch(/00:00:11 +typed \(undone\)/);
    player.press('<escape>', 'u');
    expect(player.session).toBe(before);
    expect(level().undone).toEqual([]);
    expect(player.screen()).toContain('Back in the run that was left.');
  });

  it('goes its own way once something is done in it, which undo takes back first', () => {
    playSandbox();
    const before = player.session;
    player.press('<left>', '<left>', 'o', 'y');
    player.press(':', 'kubectl scale deployment web --replicas=2', '<enter>', '<escape>');
    player.pass(20_000);
    expect(names()).toEqual(['2']);
    player.press('u');
    expect(player.session).not.toBe(before);
    expect(names()).toEqual(['1']);
    player.press('l');
    expect(player.screen()).toMatch(/00:00:01 +typed \(undone\) +│\n[^\n]*replicas=2/);
    player.press('<escape>', 'u');
    expect(player.session).toBe(before);
    expect(names()).toEqual(['4']);
  });

  it('can be returned to after looking around and writing, and what was written comes along', () => {
    playSandbox();
    const before = player.session;
    player.press('<left>', '<left>', 'o', 'y');
    player.press(
      ':',
      'kubectl get pods',
      '<enter>',
      '<escape>',
      'e',
      'late',
      '<enter>',
      'kind: Late',
      '<ctrl+s>',
      '<escape>',
    );
    player.press('u');
    expect(player.session).toBe(before);
    expect(player.session.files.get('late.yaml')).toBe('kind: Late');
    expect(names()).toEqual(['4']);
  });

  it('is not left when the player thinks better of it', () => {
    playSandbox();
    const before = player.session;
    player.press('<left>', 'o', 'n');
    expect(player.session).toBe(before);
    expect(level().moment?.second).toBe(11);
  });

  it('can be gone on from also when it was lost, and its end is not told twice', () => {
    player.sail(9);
    player.press(':', '<escape>');
    player.passUntil(() => player.session.state.kind === 'lost', 'the end');
    expect(player.ui.state.overlay?.kind).toBe('finished');
    player.pass(1000);
    const lost = player.session;
    player.press('<escape>', '<left>', '<left>', 'o', 'y');
    expect(player.session.state.kind).toBe('playing');
    player.press('u');
    expect(player.session).toBe(lost);
    expect(player.ui.state.overlay).toBeUndefined();
  });

  it('comes back after a level was begun again', () => {
    playSandbox();
    const before = player.session;
    player.press('r', 'y');
    expect(player.session.elapsed).toBe(0);
    player.press('u');
    expect(player.session).toBe(before);
  });
});

describe('what is asked while looking back', () => {
  it('is answered as of then: objects, events, reasons, decisions, requests', () => {
    playSandbox();
    player.press('<left>');
    const { moment } = level();
    const source = moment?.source;
    const now = player.session.cluster;
    const time = startTime(level()) + 11_999;
    expect(source?.sim.now()).toBe(time);
    expect(source?.objects(pod, 'default').length).toBe(4);
    expect(source?.objects(event).length).toBeLessThan(now.objects(event).length);
    player.press('4', 'k', 'w');
    const { overlay } = player.ui.state;
    if (overlay?.kind !== 'why') throw new Error('no reasons are shown');
    expect(overlay.lines.length).toBeGreaterThan(0);
    for (const line of overlay.lines) expect(line.time).toBeLessThanOrEqual(time);
    expect(player.screen()).toContain(': at 00:00:11');
    player.press('<escape>', 't');
    expect(player.screen()).toContain('No requests are recorded up to here.');
    player.press('<escape>', '5', ...Array.from({ length: 10 }, () => '<down>'), 't');
    expect(player.screen()).toMatch(/00:00:21 +outside +→ web:80 GET \/ +no such name/);
    expect(player.screen()).toContain('told about the name  web  NXDOMAIN');
    player.press('<escape>', '1', 'c');
    expect(player.screen()).toMatch(/Crane: web-\S+: at 00:00:21/);
  });

  it('shows the control plane as it was known to be, from its first second on', () => {
    playSandbox();
    for (const second of [0, 5, 20])
      expect(lookAt(player.session.cluster, startTime(level()), second).source.componentStates()).toEqual(
        player.session.cluster.componentStates().map((one) => ({ ...one, state: 'running' })),
      );
  });
});

describe('the list of what was done', () => {
  it('hands its commands to the prompt and to the clipboard', () => {
    playSandbox();
    player.press('l', '<up>', '<enter>');
    expect(level().prompt.lines).toEqual(['kubectl scale deployment web --replicas=4']);
    player.press('<ctrl+u>', '<escape>', 'e', 'pod', '<enter>', 'kind: Pod', '<ctrl+s>', '<escape>');
    player.press('l', '<up>');
    expect(player.screen()).toMatch(/saved pod\.yaml\s[\s\S]*printf 'kind: Pod' > pod\.yaml/);
    player.press('y');
    expect(copied).toEqual(["printf 'kind: Pod' > pod.yaml"]);
    expect(player.screen()).toContain("Sent to the terminal's clipboard.");
  });

  it('says what it is for while it is empty', () => {
    player.press('<down>', '<enter>', '<enter>', 'l');
    expect(player.screen()).toContain('Nothing yet. Whatever you do,');
    expect(player.screen()).toContain('begun with  shipshape play sandbox --seed 1 --ships 3 --size 4');
    player.press('<enter>');
    expect(player.ui.state.overlay).toBeUndefined();
  });

  it('keeps what was taken back where it was done', () => {
    const action = (line: string): ActionLine => ({ at: 0, kind: 'typed', subject: '', line });
    const [a, b, c] = [action('a'), action('b'), action('c')];
    let undone: readonly UndoneAction[] = [];
    undone = undoneBy([a, b], [a], undone);
    undone = undoneBy([a, c], [a], undone);
    const rows = (kept: readonly ActionLine[]): string[] =>
      actionRows(kept, undone).map((row) => `${row.action.line}${row.undone ? '-' : ''}`);
    expect(rows([a])).toEqual(['a', 'b-', 'c-']);
    undone = undoneBy([a], [], undone);
    expect(rows([])).toEqual(['a-', 'b-', 'c-']);
    expect(rows([c])).toEqual(['a-', 'b-', 'c-', 'c']);
  });
});
