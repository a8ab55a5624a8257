import type { Language } from '../game/types.ts';

/** What the commands say, beside help texts and mistakes in usage, which are in English as in most tools. */
export interface CommandTexts {
  readonly what: readonly string[];
  readonly noTerminal: string;
  readonly howTo: string;
  /** Command lines with what they do. */
  readonly commands: readonly (readonly [string, string])[];
  readonly won: (level: string, time: string) => string;
  readonly lost: (level: string, time: string) => string;
  readonly notWon: (level: string, time: string) => string;
  readonly wantedGot: (wanted: string, got: string) => string;
  readonly scores: (service: number, cargo: number, helm: number) => string;
  readonly par: (service: number, cargo: number, helm: number) => string;
  readonly run: (seed: number, revision: number, hash: string) => string;
  readonly unreadable: (problem: string) => string;
}

const en: CommandTexts = {
  what: [
    'Shipshape teaches Kubernetes by loading ships. You write manifests; a simulated cluster, complete',
    'with etcd, API server, scheduler, controllers, kubelets and kube-proxy, works to make the actual',
    'state match the desired one; the game scores how well and how fast it gets there.',
  ],
  noTerminal: 'This is not a terminal, so the game is not started. Levels:',
  howTo: 'Without a terminal:',
  commands: [
    ['shipshape levels', 'the levels and your progress'],
    ['shipshape run LEVEL -f FILE', 'play a level with your manifests'],
    ['shipshape simulate FILE', 'run a scenario and check what it expects'],
    ['shipshape verify [DIR]', 'check levels'],
    ['shipshape doctor', 'check this machine'],
    ['shipshape --help', 'everything else'],
  ],
  won: (level, time) => `${level}: won after ${time}`,
  lost: (level, time) => `${level}: lost after ${time}`,
  notWon: (level, time) => `${level}: not won after ${time}`,
  wantedGot: (wanted, got) => `wanted ${wanted}, got ${got}`,
  scores: (service, cargo, helm) => `Service ${service}   Cargo ${cargo}   Helm ${helm}`,
  par: (service, cargo, helm) => `par ${service} / ${cargo} / ${helm}; lower is better`,
  run: (seed, revision, hash) => `seed ${seed}, revision ${revision}, state ${hash}`,
  unreadable: (problem) => `a save was passed over: ${problem}`,
};

const ko: CommandTexts = {
  what: [
    'Shipshape는 배에 짐을 실으며 쿠버네티스를 배우는 게임입니다. 여러분이 매니페스트를 쓰면 etcd, API 서버,',
    '스케줄러, 컨트롤러, kubelet, kube-proxy를 모두 갖춘 모의 클러스터가 실제 상태를 원하는 상태에 맞춥니다.',
    '게임은 얼마나 잘, 얼마나 빨리 맞췄는지 점수를 매깁니다.',
  ],
  noTerminal: '터미널이 아니므로 게임을 시작하지 않았습니다. 레벨 목록:',
  howTo: '터미널 없이 쓰는 법:',
  commands: [
    ['shipshape levels', '레벨과 진행 상황'],
    ['shipshape run LEVEL -f FILE', '내 매니페스트로 레벨 실행'],
    ['shipshape simulate FILE', '시나리오를 실행하고 기대와 비교'],
    ['shipshape verify [DIR]', '레벨 검사'],
    ['shipshape doctor', '이 컴퓨터 점검'],
    ['shipshape --help', '그 밖의 모든 것'],
  ],
  won: (level, time) => `${level}: 성공, ${time}`,
  lost: (level, time) => `${level}: 실패, ${time}`,
  notWon: (level, time) => `${level}: ${time} 동안 달성하지 못함`,
  wantedGot: (wanted, got) => `기대 ${wanted}, 실제 ${got}`,
  scores: (service, cargo, helm) => `서비스 ${service}   화물 ${cargo}   조타 ${helm}`,
  par: (service, cargo, helm) => `기준 ${service} / ${cargo} / ${helm}, 낮을수록 좋음`,
  run: (seed, revision, hash) => `시드 ${seed}, 리비전 ${revision}, 상태 ${hash}`,
  unreadable: (problem) => `읽을 수 없는 저장 파일은 건너뛰었습니다: ${problem}`,
};

/** By language. */
export const texts: Readonly<Record<Language, CommandTexts>> = Object.freeze({ en, ko });
