import type { Fleet } from '../../src/game/sandbox.ts';
import type { Language, Starting, StartProgress } from '../../src/game/types.ts';
import type { LevelInfo, LevelRecord, ResumedGame, UiHost, UiSettings } from '../../src/ui/host.ts';
import { FakeSession } from './fakesession.ts';

function level(chapter: number, number: number, en: string, ko: string): LevelInfo {
  return {
    id: `${chapter}-${number}`,
    number: `${chapter}-${number}`,
    title: { en, ko },
    idea: {
      en: 'A Deployment keeps as many pods as you ask for, whatever happens to the ships they are on.',
      ko: '디플로이먼트는 배에 무슨 일이 생기든 요청한 수만큼 파드를 유지합니다.',
    },
    teaches: {
      en: ['what replicas mean', 'how a selector finds its pods, and what happens when it finds none'],
      ko: ['replicas의 뜻', '셀렉터가 파드를 찾는 방법과 하나도 찾지 못할 때 생기는 일'],
    },
    briefing: {
      en: `# ${en}\n\nThe harbour wants **three** of the same, on any ships. Write \`web.yaml\` and apply it.\n\n- a Deployment called \`web\`\n- three replicas of \`nginx:1.27\`\n\n\`\`\`\nkubectl apply -f web.yaml\n\`\`\`\n`,
      ko: `# ${ko}\n\n항구에는 똑같은 것이 **세 개** 필요합니다. \`web.yaml\`을 쓰고 적용하세요.\n\n- 이름이 \`web\`인 디플로이먼트\n- \`nginx:1.27\` 레플리카 세 개\n`,
    },
    handbook: { en: 'handbook workloads', ko: 'handbook workloads' },
  };
}

const RECORD: LevelRecord = {
  won: true,
  stars: [true, true, false],
  best: { service: 12, cargo: 300, helm: 3 },
  runs: [
    { service: 40, cargo: 400, helm: 9 },
    { service: 12, cargo: 310, helm: 5 },
    { service: 20, cargo: 300, helm: 3 },
  ],
};

/** A host that remembers what it was asked to do. */
export class FakeHost implements UiHost {
  settings: UiSettings;
  readonly folder: string;
  readonly calls: string[] = [];
  readonly sessions: FakeSession[] = [];
  editor = 'true';
  /** What a level has to do before it begins. */
  slices: readonly StartProgress[] = [];
  /** Whether sessions have no goals. */
  goalless = false;
  /** Whether the saved game can be taken up, and whether it then comes out differently. */
  fits = true;
  differs = false;
  savedGame: { levelId: string; elapsed: number } | undefined;

  readonly levels = {
    chapters: [
      {
        id: 'ports',
        title: { en: 'Leaving port', ko: '항구를 떠나며' },
        levels: [level(1, 1, 'First crate', '첫 번째 짐'), level(1, 2, 'Two ships', '배 두 척')],
      },
      {
        id: 'fleet',
        title: { en: 'The fleet', ko: '함대' },
        levels: [
          level(2, 1, 'Three of a kind', '똑같은 셋'),
          level(2, 2, 'Rolling on', '굴러가는 배포'),
          level(2, 3, 'Back again', '되돌리기'),
        ],
      },
      {
        id: 'signals',
        title: { en: 'Signals and gates', ko: '신호와 관문' },
        levels: [level(3, 1, 'Pilot boats', '예인선')],
      },
    ],
  };

  readonly progress = {
    record: (id: string): LevelRecord | undefined => (id.startsWith('1-') ? RECORD : undefined),
    saved: () => this.savedGame,
    resume: (language: Language): ResumedGame => ({
      levelId: this.savedGame?.levelId ?? '2-1',
      start: this.fits ? this.#start(language) : nothing(),
      differs: () => this.differs,
    }),
    save: (id: string): void => void this.calls.push(`save ${id}`),
    finish: (id: string): void => void this.calls.push(`finish ${id}`),
  };

  constructor(folder: string, language: Language = 'en', settings: Partial<UiSettings> = {}) {
    this.folder = folder;
    this.settings = { language, colour: 'auto', glyphs: 'auto', speed: 1, ...settings };
  }

  newSession(id: string, _seed: number | undefined, language: Language): Starting {
    this.calls.push(`new ${id}`);
    return this.#start(language);
  }

  newSandbox({ ships, cpu, memory }: Fleet, language: Language): Starting {
    this.calls.push(`sandbox ${ships} ${cpu} ${memory}`);
    return this.#start(language);
  }

  saveSettings(settings: UiSettings): void {
    this.settings = settings;
  }

  debrief(): readonly string[] {
    return [
      'You applied web.yaml after 12 seconds, and three pods were ready 8 seconds later.',
      'When cargo-4 was lost its pods were replaced elsewhere after the node had been silent for a while.',
      'Nothing was ever loaded onto cargo-3.',
    ];
  }

  *#start(language: Language): Starting {
    yield* this.slices;
    const session = new FakeSession(language);
    if (this.goalless) session.goals = [];
    this.sessions.push(session);
    return session;
  }
}

/** A start that comes to nothing. */
// biome-ignore lint/correctness/useYield: nor does it take any time.
function* nothing(): Starting {
  return undefined;
}
