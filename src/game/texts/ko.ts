import { withParticle } from './particles.ts';
import type { BudgetItem, Count, ObjectsPhrase, Phrases, PlacePhrase, Term } from './phrases.ts';
import { quoted } from './quoted.ts';
import { knownSelector, knownTerm, type TermType } from './terms.ts';

const BUDGET: Readonly<Record<BudgetItem, string>> = {
  nodes: '쓰이는 노드',
  cpu: '요청한 cpu',
  memory: '요청한 메모리',
  moves: '조작 횟수',
  time: '걸린 시간',
  restarts: '컨테이너 재시작 횟수',
};

/** Clauses without their endings: `삭제 중이` + `입니다`, `고` or `인`. */
const STEMS: Readonly<Record<TermType, (value: string, key: string) => string>> = {
  absent: (_, key) => `${withParticle(key, '이/가')} 없`,
  available: () => '사용 가능한 상태이',
  availableReplicas: (n) => `사용 가능한 파드가 ${n}개이`,
  condition: (type) => `${type} 조건이 참이`,
  cordoned: () => '새 파드를 받지 않',
  deleting: () => '삭제 중이',
  disruption: (reason) => `포기 대상(${reason})이`,
  equals: (value, key) => `${withParticle(key, '이/가')} ${value}이`,
  headless: () => '클러스터 IP가 없',
  image: (image) => `${image} 이미지를 실행하`,
  label: (value, key) => `레이블 ${withParticle(`${key}=${value}`, '이/가')} 붙어 있`,
  limit: (amount, resource) => `${resource} 한도가 ${amount}이`,
  noCondition: (type) => `${type} 조건이 거짓이`,
  noLabel: (_, key) => `레이블 ${withParticle(key, '이/가')} 없`,
  noOwner: () => '주인이 없',
  nodePort: (port) => `노드 포트가 ${port}이`,
  notDeleting: () => '삭제 중이 아니',
  notReady: () => '준비가 안 된 상태이',
  onNode: (node) => `${node}에 실려 있`,
  owner: (owner) => `주인이 ${owner}이`,
  phase: (phase) => `${phase} 상태이`,
  pods: (n) => `파드가 ${n}개이`,
  port: (port) => `포트 ${withParticle(port, '이/가')} 있`,
  present: (_, key) => `${withParticle(key, '이/가')} 있`,
  ready: () => '준비되어 있',
  readyReplicas: (n) => `준비된 파드가 ${n}개이`,
  replicas: (n) => `레플리카가 ${n}개이`,
  request: (amount, resource) => `${resource} ${withParticle(amount, '을/를')} 요청하`,
  serviceType: (type) => `유형이 ${type}이`,
  targetPort: (port) => `대상 포트가 ${port}이`,
  updatedReplicas: (n) => `갱신된 파드가 ${n}개이`,
};

function stem(term: Term): string {
  const { type, value, key } = knownTerm(term);
  return STEMS[type](value, key);
}

/** Clauses joined by `고`, the last with its ending: that of a sentence, or that before a noun. */
function clauses(terms: readonly Term[], ending: 'polite' | 'attribute'): string {
  const stems = terms.length === 0 ? ['있'] : terms.map(stem);
  const last = stems.at(-1) ?? '';
  const before = stems.slice(0, -1).map((s) => `${s}고 `);
  return before.join('') + (ending === 'polite' ? polite(last) : attribute(last));
}

/** `상태이` -> `상태입니다`, `실행하` -> `실행합니다`, `아니` -> `아닙니다`, `있` -> `있습니다`. */
function polite(s: string): string {
  const body = s.slice(0, -1);
  if (s.endsWith('이')) return `${body}입니다`;
  if (s.endsWith('하')) return `${body}합니다`;
  return s.endsWith('아니') ? `${body}닙니다` : `${s}습니다`;
}

/** The form before a noun: `상태이` -> `상태인`, `아니` -> `아닌`, `실행하` -> `실행하는`, `있` -> `있는`. */
function attribute(s: string): string {
  const body = s.slice(0, -1);
  if (s.endsWith('되어 있')) return `${s.slice(0, -4)}된`;
  if (s.endsWith('한 상태이')) return s.slice(0, -4);
  if (s.endsWith('이')) return `${body}인`;
  return s.endsWith('아니') ? `${body}닌` : `${s}는`;
}

/** `레이블이 app=web이고 준비된 Pod`: labels, what is true of them (when told here), and the kind. */
function noun(objects: ObjectsPhrase, terms: readonly Term[]): string {
  const which = objects.selector === undefined ? '' : `${selected(objects.selector, terms.length > 0)} `;
  const condition = terms.length === 0 ? '' : `${clauses(terms, 'attribute')} `;
  return `${which}${condition}${objects.kind}${objects.name === undefined ? '' : ` ${objects.name}`}`;
}

function selected(text: string, more: boolean): string {
  const known = knownSelector(text);
  if (known.type === 'service') return `Service ${known.name}의`;
  return known.type === 'deploymentPods'
    ? 'Deployment가 만든'
    : `레이블이 ${known.text}${more ? '이고' : '인'}`;
}

function also(text: string | undefined): string {
  return text === undefined ? '' : ` (${text})`;
}

function count({ min, max }: Count): string {
  if (max === undefined) return `${min}개 이상`;
  if (min === max) return `${min}개`;
  return min === 0 ? `${max}개 이하` : `${min}~${max}개`;
}

function place(from: PlacePhrase): string {
  if (from === 'outside') return '밖에서';
  if (from.node !== undefined) return `${from.node}에서`;
  return `레이블이 ${from.pod ?? ''}인 파드에서`;
}

function duration(ms: number): string {
  const total = Math.round(ms / 100) / 10;
  const minutes = Math.floor(total / 60);
  const seconds = Math.round((total - minutes * 60) * 10) / 10;
  if (minutes === 0) return `${seconds}초`;
  return seconds === 0 ? `${minutes}분` : `${minutes}분 ${seconds}초`;
}

function percent(part: number): string {
  return `${Math.round(part * 10_000) / 100}%`;
}

/** 한국어. */
export const ko: Phrases = {
  language: 'ko',

  stateHolds(objects) {
    const { terms } = objects;
    const holds = (): string => {
      if (objects.count === undefined)
        return `${withParticle(noun(objects, []), terms.length === 0 ? '이/가' : '은/는')} ${clauses(terms, 'polite')}`;
      const subject = withParticle(noun(objects, terms), '이/가');
      return objects.count.max === 0
        ? `${subject} 하나도 없습니다`
        : `${subject} ${count(objects.count)} 있습니다`;
    };
    return `${holds()}${also(objects.also)}`;
  },
  neverMatching(objects) {
    const { moreThan, name, terms } = objects;
    const never = (): string => {
      if (name !== undefined && terms.length > 0)
        return `${withParticle(noun(objects, []), '은/는')} 한순간도 ${clauses(terms, 'attribute')} 때가 없습니다`;
      const subject = withParticle(noun(objects, terms), '이/가');
      return moreThan > 0
        ? `${subject} 한순간도 ${moreThan}개를 넘지 않습니다`
        : `${subject} 한순간도 없습니다`;
    };
    return `${never()}${also(objects.also)}`;
  },
  neverNoEndpoints: (service) => `Service ${service}에 준비된 엔드포인트가 한순간도 끊기지 않습니다`,
  neverNodes: (moreThan) => `쓰이는 노드가 한순간도 ${moreThan}개를 넘지 않습니다`,
  traffic(traffic) {
    const { url, from, window, availability, body, status, latency } = traffic;
    const content = body === undefined ? '' : `${withParticle(quoted(body), '이/가')} 담긴 `;
    const code = status === undefined ? '' : `${status} `;
    const within = latency === undefined ? '' : ` (100건 중 99건은 ${latency}ms 안에)`;
    return `${duration(window)} 동안 ${place(from)} ${withParticle(url, '으로/로')} 보낸 요청의 ${percent(availability)} 이상이 ${content}${code}응답을 받습니다${within}`;
  },
  budget: (items) =>
    items
      .map(({ item, text }, i) => {
        const last = i === items.length - 1;
        return `${withParticle(BUDGET[item], '이/가')} ${text} 이하${last ? '입니다' : '이고'}`;
      })
      .join(' '),
  question: (question) => question,

  eventually(sentence, by, hold) {
    const when = [
      ...(by === undefined ? [] : [`${duration(by)} 안에`]),
      ...(hold === undefined ? [] : [`${duration(hold)} 동안 끊김 없이`]),
    ];
    return when.length === 0 ? sentence : `${when.join(', ')}: ${sentence}`;
  },
  always(sentence, from, to) {
    if (to === undefined) return from === 0 ? sentence : `${duration(from)}부터: ${sentence}`;
    return `${duration(from)}부터 ${duration(to)}까지: ${sentence}`;
  },

  matching: (kind) => `조건에 맞는 ${kind}`,
  noObject: () => '아직 없음',
  none: '없음',
  any: '아무 값',
  exists: '있음',
  yes: '예',
  no: '아니요',
  atMost: (amount) => `${amount} 이하`,
  budgetItem: (item) => BUDGET[item],
  readyEndpoints: (service) => `${service}의 준비된 엔드포인트`,
  answer: '답',
  noAnswer: '아직 없음',

  duration,
  failure: ({ path, wanted, got, at }) =>
    `${at === undefined ? '' : `${duration(at)}: `}${path}: ${wanted === '' ? got : `바란 값 ${wanted}, 실제 값 ${got}`}`,
  lateFailure: (by) => `${duration(by)}까지 이루어지지 않았습니다`,
  lastEvents: '마지막 이벤트:',

  busy: '프로그램이 실행 중입니다. Ctrl+C로 끝낼 수 있습니다.',
  lineTooLong: '줄이 너무 깁니다.',
  logFull: '기록할 수 있는 길이를 넘었습니다. 레벨을 다시 시작하세요.',
  notReading: '입력을 기다리는 프로그램이 없습니다.',
  noEditor: '편집기를 연 프로그램이 없습니다.',
  nothingToInterrupt: '실행 중인 프로그램이 없습니다.',
  noHintLeft: '남은 힌트가 없습니다.',
  unknownGoal: '그런 목표는 없습니다.',
  notAQuestion: '그 목표는 질문이 아닙니다.',
  onlyInSandbox: '고장은 연습 항구에서만 낼 수 있습니다.',
  fileRefused: '파일을 보관할 수 없습니다. 이름이 올바른 경로가 아니거나 폴더가 가득 찼습니다.',
  notAllowed: (command, allowed) =>
    `${withParticle(command, '은/는')} 이 레벨에서 쓸 수 없습니다. 쓸 수 있는 것: ${allowed}`,
  emptyAnswer: '답을 적어 주세요.',
  answerRight: '맞습니다.',
  answerWrong: '그 답이 아닙니다. 틀린 답마다 조타 점수가 1 늘어납니다. 다시 살펴보세요.',
  noField: (word) => `필드가 아닌 낱말이 있습니다: "${word}". 필드는 이름=값으로 씁니다.`,
  commands: {
    hint: { summary: '다음 힌트 열기', usage: 'hint' },
    answer: { summary: '레벨의 질문에 답하기', usage: 'answer 질문 답...' },
    fault: {
      summary: '연습 항구에서 고장 내고, 고치고, 더하기',
      usage: 'fault 종류 [필드=값 ...], 예: fault NodeDown node=node-1',
    },
  },
  won: '정돈 완료! 레벨을 마쳤습니다.',
  lost: (goal) => `레벨을 마치지 못했습니다. ${goal}`,
  outOfTime: '시간이 다 되었습니다',
};
