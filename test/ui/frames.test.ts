import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/api/object.ts';
import type { Wait } from '../../src/cluster/waits/wait.ts';
import type { GoalView, Language } from '../../src/game/types.ts';
import type { Exchange } from '../../src/network/types.ts';
import type { Draw, Picture } from '../../src/ui/draw.ts';
import { createBuffer, insert } from '../../src/ui/editor/buffer.ts';
import { diagnose } from '../../src/ui/editor/diagnostics.ts';
import { drawFrame } from '../../src/ui/frame.ts';
import { bindings, showKey } from '../../src/ui/keys.ts';
import { HarbourReader } from '../../src/ui/model/harbour.ts';
import { markdownRows } from '../../src/ui/panels/markdown.ts';
import {
  createUiStore,
  type LevelUi,
  newLevelUi,
  PANELS,
  type Screen,
  type UiState,
} from '../../src/ui/store.ts';
import { texts } from '../../src/ui/texts/registry.ts';
import { createTheme } from '../../src/ui/theme/theme.ts';
import { busyHarbour, FakeCluster, newNode, newPod, START } from './fakecluster.ts';
import { FakeHost } from './fakehost.ts';
import { FakeSession } from './fakesession.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: takes colours out.
const plain = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, '');

interface Setting {
  readonly columns: number;
  readonly rows: number;
  readonly language: Language;
  readonly colour?: boolean;
  readonly ascii?: boolean;
}

function drawing({ columns, rows, language, colour = true, ascii = false }: Setting): Draw {
  return { theme: createTheme({ colour, ascii }), t: texts[language], language, now: 5000, columns, rows };
}

function level(session: FakeSession): LevelUi {
  const files = [...session.files].map(([path, text]) => ({
    path,
    buffer: createBuffer(text),
    saved: text,
    problems: diagnose(text),
  }));
  const fresh = newLevelUi('2-1', session, new HarbourReader(session.cluster), 4);
  return { ...fresh, reading: false, files };
}

function state(
  language: Language,
  screen: Screen,
  change: Partial<LevelUi> = {},
  session = new FakeSession(language),
): UiState {
  const store = createUiStore({ language, colour: 'auto', glyphs: 'auto', speed: 1 });
  return { ...store.getState(), screen, level: { ...level(session), ...change } };
}

/** The frame as text, after making sure that it is exactly as large as the terminal. */
function frame(setting: Setting, ui: UiState): { readonly text: string; readonly picture: Picture } {
  const picture = drawFrame(drawing(setting), ui, new FakeHost('/nowhere', setting.language));
  expect(picture.rows).toHaveLength(setting.rows);
  for (const row of picture.rows) {
    expect(stringWidth(plain(row.text)), row.text).toBe(row.width);
    expect(row.width, row.text).toBeLessThanOrEqual(setting.columns);
  }
  if (picture.cursor !== undefined) {
    expect(picture.cursor.x).toBeLessThan(setting.columns);
    expect(picture.cursor.y).toBeLessThan(setting.rows);
  }
  return { text: picture.rows.map(({ text }) => plain(text)).join('\n'), picture };
}

const SIZES = [
  [60, 18],
  [80, 24],
  [99, 30],
  [100, 30],
  [120, 40],
  [220, 70],
] as const;

const settings: Setting[] = SIZES.flatMap(([columns, rows]) =>
  (['en', 'ko'] as const).flatMap((language) => [
    { columns, rows, language },
    { columns, rows, language, colour: false, ascii: true },
  ]),
);

const WAITS: readonly Wait[] = [
  { text: 'a node that fits: 0/3 nodes are available: 3 Insufficient cpu', look: 'kubectl describe pod web' },
  { text: '이미지를 받을 수 없음' },
];

const REQUEST: Exchange = {
  id: 1,
  time: START + 5000,
  from: 'default/tester-with-a-long-name',
  target: {
    host: 'web.default.svc.cluster.local',
    port: 80,
    message: { protocol: 'http', method: 'GET', path: '/a?b=c', headers: {}, body: '', host: 'web' },
  },
  timeoutMs: 1000,
  outcome: 'ok',
  reply: { type: 'http', status: 503, headers: {}, body: '', latencyMs: 3 },
  connected: true,
  latencyMs: 12.4,
  hops: [
    {
      kind: 'dnat',
      where: 'cargo-1',
      ip: '10.244.1.2',
      port: 80,
      timeMs: 0.4,
      rule: 'default/web:80 -> 10.244.1.2:80',
    },
    { kind: 'serve', where: 'default/web-1', ip: '10.244.1.2', port: 80, timeMs: 1.2, note: '503' },
  ],
};

const overlays = [
  { kind: 'help', scroll: 0 },
  { kind: 'help', scroll: 500 },
  { kind: 'why', name: 'pod/web', lines: busyHarbour().whyLines, waits: WAITS, chosen: 2 },
  { kind: 'why', name: 'pod/none', lines: [], waits: [], chosen: 0 },
  { kind: 'crane', pod: 'web', scroll: 0 },
  { kind: 'actions', begin: 'shipshape play 2-1 --seed 1', rows: [], chosen: 0 },
  {
    kind: 'actions',
    begin: `shipshape play ${'long'.repeat(40)}`,
    rows: [
      {
        action: {
          at: 1000,
          kind: 'saved',
          subject: 'web.yaml',
          line: "cat > web.yaml <<'EOF'\na: 한글\nEOF",
        },
        undone: false,
      },
      {
        action: {
          at: 2000,
          kind: 'applied',
          subject: 'web.yaml',
          line: `kubectl apply -f ${'w'.repeat(300)}`,
        },
        undone: true,
      },
      { action: { at: 3000, kind: 'interrupt', subject: '' }, undone: false },
      {
        action: {
          at: 4000,
          kind: 'fault',
          subject: '',
          fault: { kind: 'NodeDown' },
          line: 'fault NodeDown node=n1',
        },
        undone: false,
      },
    ],
    chosen: 0,
  },
  { kind: 'traffic', exchanges: [], chosen: 0 },
  {
    kind: 'traffic',
    exchanges: [REQUEST, { ...REQUEST, outcome: 'refused', error: 'x'.repeat(200) }],
    chosen: 1,
  },
  { kind: 'confirm', what: 'fork', second: 12 },
  { kind: 'confirm', what: 'exit' },
  { kind: 'field', purpose: 'newFile', label: 'Name', input: insert(createBuffer(''), '한글 name') },
  { kind: 'finished', since: 0 },
  {
    kind: 'faults',
    chosen: 1,
    faults: [
      {
        kind: 'NodeDown',
        effect: 'breaks',
        targets: [{ node: 'cargo-1' }, { node: 'cargo-2' }],
        target: 1,
      },
      { kind: 'NodeAdd', effect: 'adds', targets: [{ node: 'cargo-9', cpu: '4', memory: '8Gi' }], target: 0 },
    ],
  },
] as const satisfies readonly UiState['overlay'][];

describe('every screen fits the terminal', () => {
  it.each(settings)('$columns x $rows in $language, colours $colour, ASCII $ascii', (setting) => {
    for (const screen of ['title', 'chart', 'settings', 'sandbox', 'result'] as const) {
      frame(setting, state(setting.language, screen));
    }
    for (const focus of PANELS) {
      for (const tab of ['editor', 'terminal', 'events', 'objects', 'timeline', 'briefing'] as const) {
        frame(
          setting,
          state(setting.language, 'level', {
            focus,
            tab,
            typing: focus === 'editor' || focus === 'terminal',
          }),
        );
      }
    }
    for (const overlay of overlays) frame(setting, { ...state(setting.language, 'level'), overlay });
  });

  it('draws with nothing but ASCII where it is told to, also where names are cut', () => {
    const cluster = new FakeCluster();
    const long = 'a-name-that-is-far-too-long-for-the-room-there-is-7d4b9c-x2kfp';
    cluster.put('minions', newNode(long));
    cluster.put('pods', newPod(long, { node: long }));
    cluster.put('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'default' },
      involvedObject: { kind: 'Pod', name: long },
      source: { component: long },
    } as unknown as KubeObject);
    const session = new FakeSession('en', cluster);
    session.texts.clear();
    for (const [columns, rows] of SIZES) {
      const setting = { columns, rows, language: 'en', ascii: true } as const;
      for (const focus of PANELS) {
        const tab = focus === 'goals' || focus === 'harbour' ? 'events' : focus;
        const { text } = frame(
          setting,
          state('en', 'level', { focus, tab, crate: `default/${long}` }, session),
        );
        expect(text.match(/[^ -~\n]/)?.[0], `${focus} ${columns}: ${text}`).toBeUndefined();
      }
    }
  });

  it.each(['en', 'ko'] as const)('shows how a level went also on the smallest chart, in %s', (language) => {
    const { text } = frame({ columns: 60, rows: 18, language }, state(language, 'chart'));
    expect(text).toContain(texts[language].chart.teaches);
    expect(text).toContain(texts[language].chart.best);
  });

  it('names every tab, however narrow it is', () => {
    for (const [columns, names] of [
      [60, /1 Mani\S* +2 Term\S* +3 Even\S* +4 Obje\S* +5 Time\S* +6 Briefing +g Goal/],
      [80, /1 Manifest +2 Terminal +3 Events +4 Objects +5 Timeline +6 Briefing +g Goals/],
    ] as const)
      expect(frame({ columns, rows: 18, language: 'en' }, state('en', 'level')).text).toMatch(names);
    const { text } = frame({ columns: 60, rows: 18, language: 'ko' }, state('ko', 'level'));
    expect(text).toMatch(/1 매니\S* +2 터미\S* +3 이벤\S* +4 오브\S* +5 타임\S* +6 설명 +g 목표/);
  });

  it('keeps a list item together that goes on in the next line', () => {
    const rows = markdownRows(
      drawing({ columns: 40, rows: 10, language: 'en' }),
      'Two:\n\n- one item that is\n  written over\n  three lines of its own\n- another\nAnd on.\n',
      30,
    );
    expect(rows.map(({ text }) => plain(text))).toEqual([
      'Two:',
      '',
      '· one item that is written',
      '  over three lines of its own',
      '· another',
      'And on.',
    ]);
  });

  it('asks for a larger terminal when it is too small', () => {
    expect(frame({ columns: 40, rows: 10, language: 'en' }, state('en', 'level')).text).toContain('60x18');
  });

  it('holds out against hostile names, messages and files', () => {
    const evil = '\u001b]0;x\u0007\u001b[2J\u202e한\u0301\u0301\u0301\u0301\n\r\t\u0000';
    const cluster = new FakeCluster();
    cluster.put('minions', newNode(`n${evil}`));
    cluster.put('pods', newPod(`p${evil}`, { node: `n${evil}`, app: evil }));
    const session = new FakeSession('en', cluster);
    session.say('stdout', `${evil}${'x'.repeat(5000)}`);
    session.goals = [
      {
        id: 'a',
        type: 'state',
        text: evil,
        state: 'failed',
        match: 0,
        since: 0,
        failure: evil,
        leaves: [{ path: evil, wanted: evil, got: evil, ok: false }],
      },
    ];
    session.marks = [{ at: 1000, kind: 'action', text: evil }];
    session.texts.set('web.yaml', evil);
    session.hints = [evil];
    session.prompt = { kind: 'reading', prompt: evil, secret: false };
    for (const setting of settings) {
      for (const tab of ['editor', 'terminal', 'objects', 'briefing'] as const) {
        const { picture } = frame(
          setting,
          state(setting.language, 'level', { focus: tab, tab, typing: tab === 'terminal' }, session),
        );
        for (const { text } of picture.rows) expect(plain(text)).not.toMatch(/\p{Cc}|\u202e/u);
      }
    }
  });
});

describe('the level screen', () => {
  const wide = { columns: 120, rows: 40, language: 'en' } as const;
  const small = { columns: 80, rows: 24, language: 'en' } as const;

  it.each([
    ['120x40', wide],
    ['80x24', small],
  ])('shows harbour, goals, time, index and prompt at %s', (_, setting) => {
    const { text } = frame(setting, state('en', 'level'));
    for (const part of [
      '2-1  Three of a kind',
      'x4',
      '00:01:42',
      '83 %',
      'cargo-1',
      'radio',
      'cordoned',
      'lost',
      'Deployment web has 3 ready pods',
      'harbour $',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('shows desired and actual for each field of a goal', () => {
    const { text } = frame(wide, state('en', 'level'));
    expect(text).toMatch(/web +desired +actual/);
    expect(text).toMatch(/readyReplicas +3 +2 ◀/);
  });

  it('tells of the first goal that is not met in full where six goals share a small screen', () => {
    const session = new FakeSession('en');
    const goal = (id: string, change: Partial<GoalView>): GoalView => ({
      id,
      type: 'state',
      text: `Goal ${id} has a sentence that is far too long for one line`,
      state: 'open',
      match: 0,
      since: 0,
      leaves: [
        { path: `web · replicas-${id}`, wanted: '3', got: '2', ok: false },
        { path: `web · ready-${id}`, wanted: '3', got: '2', ok: false },
      ],
      ...change,
    });
    session.goals = [
      goal('1', { state: 'met', match: 1 }),
      goal('2', { state: 'met', match: 1 }),
      goal('3', {}),
      goal('4', {}),
      goal('5', {}),
      goal('6', {}),
    ];
    const { text } = frame(small, state('en', 'level', {}, session));
    // Those that are met share a line.
    expect(text).toContain('✔ 2 of 6 goals met');
    expect(text).toMatch(/□ Goal 3 has a sentence that is far[\s\S]*too long for one line/);
    expect(text).toMatch(/web +desired +actual/);
    expect(text).toMatch(/replicas-3 +3 +2 ◀/);
    for (const id of ['4', '5', '6']) expect(text).toMatch(new RegExp(`□ Goal ${id} .*…`));
  });

  it('begins with the sentence of the goal that the keys are on, also where there is little room', () => {
    const session = new FakeSession('en');
    const ui = state('en', 'level', { focus: 'goals' }, session);
    const { text } = frame({ columns: 60, rows: 18, language: 'en' }, ui);
    expect(text).toMatch(/g Goals [^\n]*\n +◐ Deployment web has 3 ready pods/);
  });

  it.each(['en', 'ko'] as const)('cuts off nothing of what it says beside the prompt, in %s', (language) => {
    const t = texts[language].level;
    const setting = { columns: 60, rows: 18, language };
    const key = texts[language].keyNames.space;
    expect(frame(setting, state(language, 'level', { reading: true })).text).toContain(t.timeWaits(key));
    const notices = [
      t.forked('00:12:34', key),
      t.returned,
      t.copied,
      t.notTyped,
      t.severalLines('y'),
      t.undone,
    ];
    for (const notice of [...notices, t.nothingToUndo, t.restarted])
      expect(frame(setting, state(language, 'level', { notice })).text).toContain(notice);
  });

  it('tells what the space bar and Enter do just now', () => {
    const last = (change: Partial<LevelUi>): string =>
      frame(small, state('en', 'level', change))
        .text.split('\n')
        .at(-1) ?? '';
    expect(last({ reading: true })).toMatch(/^ Space start time {2}e edit/);
    expect(last({ paused: true })).toMatch(/^ Space go on {2}e edit/);
    expect(last({})).toMatch(/^ e edit .* Space pause/);
    expect(last({ focus: 'objects', tab: 'objects' })).toMatch(/^ Enter describe /);
  });

  it('never hides a goal behind the fields of another', () => {
    const session = new FakeSession('en');
    const many = Array.from({ length: 30 }, (_, i) => ({
      path: `web-${i} · ready`,
      wanted: 'True',
      got: 'False',
      ok: false,
    }));
    session.goals = [{ ...(session.goals[0] as GoalView), leaves: many }, ...session.goals.slice(1)];
    for (const setting of [wide, small]) {
      const { text } = frame(setting, state('en', 'level', {}, session));
      expect(text).toContain('which ship carries db-0?');
      expect(text).toContain('nothing is loaded onto');
    }
  });

  it('says how long all goals must still be met before the level is won', () => {
    const session = Object.assign(new FakeSession('en'), { hold: { held: 3200, hold: 10_000 } });
    for (const setting of [wide, small])
      expect(frame(setting, state('en', 'level', {}, session)).text).toContain(
        'All met; keep it so: 3 of 10 s',
      );
  });

  it('shows everything at once where there is room, and tabs where there is not', () => {
    expect(frame(wide, state('en', 'level')).text).toMatch(/Harbour[\s\S]*Goals[\s\S]*Events[\s\S]*Timeline/);
    const { text } = frame(small, state('en', 'level', { focus: 'events', tab: 'events' }));
    expect(text).toContain('Back-off restarting');
    expect(text).not.toContain('╭');
  });

  it('puts the cursor where the next character goes', () => {
    const prompt = insert(createBuffer(''), '한글');
    const at = frame(
      small,
      state('en', 'level', { focus: 'terminal', tab: 'terminal', typing: true, prompt }),
    );
    expect(at.picture.cursor).toEqual({ x: ' harbour $ 한글'.length + 2, y: 22 });
    const file = frame(small, state('en', 'level', { focus: 'editor', tab: 'editor', typing: true }));
    const lines = file.text.split('\n');
    expect(lines[file.picture.cursor?.y ?? 0]?.slice(file.picture.cursor?.x)).toMatch(
      /^apiVersion: apps\/v1/,
    );
  });

  it('shows what is wrong below its line', () => {
    const lines = frame(wide, state('en', 'level', { focus: 'editor', tab: 'editor' })).text.split('\n');
    const at = lines.findIndex((line) => line.includes('selectr:'));
    expect(lines[at + 1]).toContain('~~~ unknown field "spec.selectr", did you mean "spec.selector"?');
  });

  it('hides what is typed where a program asks for a secret', () => {
    const session = new FakeSession('en');
    session.prompt = { kind: 'reading', prompt: 'Password: ', secret: true };
    const { text } = frame(
      small,
      state('en', 'level', { focus: 'terminal', typing: true, prompt: createBuffer('hunter2') }, session),
    );
    expect(text).toContain('Password:');
    expect(text).not.toContain('hunter2');
  });

  it('draws a harbour of many ships as lines, around the ship of the chosen crate', () => {
    const cluster = new FakeCluster();
    for (let i = 1; i <= 200; i++) cluster.put('minions', newNode(`cargo-${i}`));
    cluster.put('pods', newPod('web', { node: 'cargo-150' }));
    const { text } = frame(
      wide,
      state('en', 'level', { crate: 'default/web' }, new FakeSession('en', cluster)),
    );
    expect(text).toContain('cargo-150');
    expect(text).toMatch(/19\d more ships/);
  });

  it('brightens only what has just changed', () => {
    const cluster = busyHarbour();
    const session = new FakeSession('en', cluster);
    const ui = state('en', 'level', {}, session);
    const first = drawFrame({ ...drawing(wide), now: 1000 }, ui, new FakeHost('/nowhere'));
    cluster.put('pods', newPod('redis-2', { app: 'redis', node: 'cargo-3', ready: false }));
    const bright = drawFrame({ ...drawing(wide), now: 2000 }, ui, new FakeHost('/nowhere'));
    const later = drawFrame({ ...drawing(wide), now: 3500 }, ui, new FakeHost('/nowhere'));
    const crate = (picture: Picture): string =>
      picture.rows.map(({ text }) => text).find((text) => plain(text).includes('░D')) ?? '';
    expect(crate(first)).not.toContain('\u001b[33;1m▣');
    expect(crate(bright)).toContain('\u001b[33;1m▣');
    expect(crate(later)).not.toContain('\u001b[33;1m▣');
  });
});

describe('other screens', () => {
  it('shows at the last line of why what the object waits for, however much came before', () => {
    const setting: Setting = { columns: 80, rows: 24, language: 'en' };
    const [entry] = busyHarbour().whyLines;
    if (entry === undefined) throw new Error('no line');
    const lines = Array.from({ length: 60 }, (_, i) => ({ ...entry, revision: 300 + i }));
    const overlay = { kind: 'why', name: 'pod/web', lines, waits: WAITS, chosen: 59 } as const;
    const { text } = frame(setting, { ...state('en', 'level'), overlay });
    expect(text).toContain('It waits for:');
    expect(text).toContain('- a node that fits: 0/3 nodes are available: 3 Insufficient cpu');
    expect(text).toContain('see: kubectl describe pod web');
  });

  it('help shows every key of the table', () => {
    const t = texts.en;
    const theme = createTheme({ colour: true, ascii: false });
    const { text } = frame(
      { columns: 110, rows: 120, language: 'en' },
      { ...state('en', 'level'), overlay: { kind: 'help', scroll: 0 } },
    );
    for (const { keys, command } of bindings) {
      expect(text).toContain(keys.map((key) => showKey(key, t, theme)).join(' '));
      expect(text).toContain(t.keys[command]);
    }
  });

  it.each(['en', 'ko'] as const)('the chart shows the level to sail next in %s', (language) => {
    const { text } = frame(
      { columns: 80, rows: 24, language },
      { ...state(language, 'chart'), chapter: 1, island: 0 },
    );
    expect(text).toContain('[◎]');
    expect(text).toContain(language === 'en' ? 'Three of a kind' : '똑같은 셋');
    expect(text).toContain(texts[language].chart.never);
  });

  it('the result shows three scores against par, and never their sum', () => {
    const session = new FakeSession('en');
    session.state = { kind: 'won', at: 102_000 };
    const { text } = frame({ columns: 80, rows: 30, language: 'en' }, state('en', 'result', {}, session));
    expect(text).toMatch(/Service +14\.5 s adrift +20/);
    expect(text).toMatch(/Cargo +320 +300/);
    expect(text).toMatch(/Helm +3 moves +4/);
    expect(text).toContain('You applied web.yaml');
    expect(text).not.toContain('337.5');
  });

  it('the result can be read to its end where it is too long, and says so', () => {
    const session = new FakeSession('en');
    session.state = { kind: 'won', at: 102_000 };
    const ui = state('en', 'result', {}, session);
    const small = { columns: 80, rows: 24, language: 'en' } as const;
    const host = new FakeHost('/nowhere');
    host.debrief = () => Array.from({ length: 40 }, (_, i) => `Sentence ${i}.`);
    const shown = (scroll: number): Picture => drawFrame(drawing(small), { ...ui, scroll }, host);
    const text = (picture: Picture): string => picture.rows.map((row) => plain(row.text)).join('\n');
    const first = shown(0);
    expect(text(first)).toMatch(/PgDn page down +1-22 \/ \d+/);
    expect(text(first)).not.toContain('Sentence 39.');
    expect(text(shown(first.scrollMax ?? 0))).toContain('Sentence 39.');
    // A scroll position from a smaller window does no harm.
    expect(text(shown(9999))).toContain('Sentence 39.');
  });

  it('a lost level names the goal and why it failed', () => {
    const session = new FakeSession('en');
    session.state = { kind: 'lost', at: 1, goal: 'never' };
    session.goals = session.goals.map((goal) =>
      goal.id === 'never' ? { ...goal, state: 'failed', failure: 'wanted none, got 1' } : goal,
    );
    const { text } = frame({ columns: 80, rows: 30, language: 'en' }, state('en', 'result', {}, session));
    expect(text).toContain('This goal failed: nothing is loaded onto cargo-3');
    expect(text).toContain('wanted none, got 1');
  });
});
