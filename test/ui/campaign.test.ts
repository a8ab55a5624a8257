import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { nameOf } from '../../src/api/object.ts';
import { faults } from '../../src/cluster/faults/registry.ts';
import { pasteText } from '../../src/ui/control/dispatch.ts';
import { KeyPlayer, levels } from './keyplayer.ts';

let folder: string;
let player: KeyPlayer | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shipshape-campaign-'));
});

afterEach(() => {
  player?.ui.close();
  rmSync(folder, { recursive: true, force: true });
});

const SIZES = [
  [80, 24],
  [120, 40],
] as const;

describe('the campaign, by keys', () => {
  it.each(levels.map((level, place) => [level.id, place, level] as const))(
    '%s is won with three stars by its reference solution',
    (_, place, level) => {
      const language = place % 2 === 0 ? 'ko' : 'en';
      player = new KeyPlayer(folder, language);
      player.sail(place);
      expect(player.ui.level?.levelId).toBe(level.id);
      const { session } = player;
      for (const [i, move] of (level.solutions[0]?.moves ?? []).entries()) {
        player.make(move);
        player.screen(...(SIZES[i % 2] as (typeof SIZES)[number]));
      }
      player.passUntil(() => session.state.kind !== 'playing', 'the end');
      expect(session.state.kind, player.screen(120, 40)).toBe('won');
      expect(session.score.stars, JSON.stringify(session.score)).toEqual([true, true, true]);
      player.pass(1000);
      player.press('<enter>');
      expect(player.ui.state.screen).toBe('result');
      // The whole of the closing words can be read, also where the screen is small.
      const closing = session.debriefing().trim().split(/\s+/).at(-1) ?? '';
      const seen: string[] = [];
      for (let page = 0; page < 9; page++) {
        seen.push(player.screen(...SIZES[0]));
        player.press('<pagedown>');
      }
      expect(seen.join('\n')).toContain(closing.replaceAll(/[*`]/g, ''));
    },
  );
});

describe('the sandbox, by keys', () => {
  beforeEach(() => {
    player = new KeyPlayer(folder, 'en');
    player.press('<down>', '<enter>', '<left>', '<enter>');
  });
  const here = (): KeyPlayer => player as KeyPlayer;

  it('throws a fault at a ship and mends it, from the list of faults', () => {
    const { press, screen, pass } = bound(here());
    press('f');
    const open = screen();
    expect(open).toContain('switch a ship off');
    expect(open).not.toContain('switch a ship on ');
    // The last fault that breaks something, at the second worker.
    press(...downTo(here(), 'NodeDown'), '<right>', '<enter>');
    expect(here().session.log).toEqual([
      { at: 0, action: { type: 'fault', fault: { kind: 'NodeDown', node: 'node-2' } } },
    ]);
    expect(screen()).toContain('Done: switch a ship off: node-2');
    pass(60_000);
    expect(screen()).toMatch(/node-2 ✖ lost/);
    press('f', ...downTo(here(), 'NodeUp'), '<enter>');
    pass(60_000);
    expect(screen()).toMatch(/node-2 ●/);
  });

  it('brings in a ship of the size that was chosen', () => {
    const { press, screen, pass } = bound(here());
    press('f', ...downTo(here(), 'NodeAdd'), '<right>', '<enter>');
    pass(60_000);
    expect(screen()).toMatch(/node-3 ●/);
    press(':', "kubectl get node node-3 -o jsonpath='{.status.capacity.cpu}'", '<enter>');
    expect(here().session.transcript.at(-1)?.text).toBe('8');
  });

  it('shows harbour, objects and events as they were, and comes back to now', () => {
    const { press, screen, pass } = bound(here());
    pass(5000);
    press(':', 'kubectl run early --image=nginx', '<enter>', '<escape>');
    pass(20_000);
    press(':', 'kubectl delete pod early --now', '<enter>', '<escape>');
    pass(20_000);
    press('4');
    expect(screen()).not.toMatch(/ early +1\/1/);
    // To the deletion, and with another key to the creation.
    press('<left>');
    press('5', '<up>');
    expect(screen()).toContain('looking back: 00:00:24');
    press('4');
    const then = screen();
    expect(then).toMatch(/ early +1\/1 +Running +0 +19s/);
    expect(then).toContain('■E');
    press('3');
    expect(screen()).not.toContain('Killing');
    pass(5000);
    expect(screen()).toContain('looking back: 00:00:24');
    press('<escape>');
    expect(screen()).not.toContain('looking back');
    expect(screen()).toContain('Killing');
    // What the player does is done now.
    press('<left>', ':', 'kubectl get pods', '<enter>');
    expect(screen()).not.toContain('looking back');
  });

  it('takes back a command over several lines as one move', () => {
    const { press, screen } = bound(here());
    press(':', 'kubectl apply -f - <<EOF', '<enter>');
    for (const text of ['apiVersion: v1', 'kind: ConfigMap', 'metadata: {name: notes}', 'EOF'])
      press(text, '<enter>');
    expect(screen()).toContain('configmap/notes created');
    expect(screen()).toContain('> kind: ConfigMap');
    press('<escape>', 'u');
    expect(here().session.log).toEqual([]);
    expect(here().session.prompt.kind).toBe('ready');
  });

  it('takes a here-document that is pasted', () => {
    const { press, screen } = bound(here());
    press(':');
    pasteText(here().ui, 'cat <<EOF > a.txt\n한글\nEOF\ncat a.txt\n');
    expect(screen()).toContain('\n 한글');
    expect(here().session.files.get('a.txt')).toBe('한글\n');
  });

  it('does not let a command over several lines past what the level allows', () => {
    const { press } = bound(here());
    press(
      '<escape>',
      'y',
      '<enter>',
      ':',
      'echo "',
      '<enter>',
      '"; kubectl delete pod tide-clock',
      '<enter>',
    );
    expect(here().session.transcript.at(-1)?.text).toContain('kubectl delete');
    expect(here().session.prompt.kind).toBe('ready');
    here().pass(5000);
    expect(here().session.cluster.objects(podKind, 'default').map(nameOf)).toContain('tide-clock');
  });
});

/** Its methods, to be called without it. */
function bound(of: KeyPlayer): Pick<KeyPlayer, 'press' | 'screen' | 'pass'> {
  return { press: of.press.bind(of), screen: of.screen.bind(of), pass: of.pass.bind(of) };
}

/** The keys from the top of the list of faults down to one of them. */
function downTo({ session }: KeyPlayer, kind: string): readonly string[] {
  const order = ['breaks', 'mends', 'adds'];
  const shown = faults
    .filter(({ targets }) => targets(session.cluster).length > 0)
    .toSorted((a, b) => order.indexOf(a.effect) - order.indexOf(b.effect));
  return shown
    .slice(
      0,
      shown.findIndex((fault) => fault.kind === kind),
    )
    .map(() => '<down>');
}
