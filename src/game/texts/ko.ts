import { withParticle } from './particles.ts';
import type { BudgetItem, Count, ObjectsPhrase, Phrases, PlacePhrase, Term } from './phrases.ts';
import { knownTerm } from './terms.ts';

const BUDGET: Readonly<Record<BudgetItem, string>> = {
  nodes: '쓰이는 노드',
  cpu: '요청한 cpu',
  memory: '요청한 메모리',
  moves: '조작 횟수',
  time: '걸린 시간',
  restarts: '컨테이너 재시작 횟수',
};

/** A clause without its ending: `Ready 상태이` + `다` or `고`. */
function stem(one: Term): string {
  const known = knownTerm(one);
  switch (known.type) {
    case 'ready':
      return '준비된 상태이';
    case 'available':
      return '사용 가능한 상태이';
    case 'running':
      return '실행 중이';
    case 'succeeded':
      return '성공으로 끝났';
    case 'readyReplicas':
      return `준비된 파드가 ${known.value}개이`;
    case 'replicas':
      return `레플리카가 ${known.value}개이`;
    case 'updated':
      return `갱신된 파드가 ${known.value}개이`;
    case 'onNode':
      return `${known.value}에 실려 있`;
    case 'image':
      return `${known.container} 컨테이너가 ${withParticle(known.value, '을/를')} 실행하고 있`;
    case 'label':
      return `레이블 ${withParticle(`${known.key}=${known.value}`, '을/를')} 가지고 있`;
    case 'absent':
      return `${withParticle(known.path, '이/가')} 없`;
    case 'present':
      return `${withParticle(known.path, '이/가')} 있`;
    case 'equals':
      return `${withParticle(known.path, '이/가')} ${known.value}이`;
    case 'expression':
      return `${withParticle(known.text, '을/를')} 만족하고 있`;
  }
}

/** Clauses joined by `고`, the last with the ending given: `다`, `는`. */
function clauses(terms: readonly Term[], ending: 'plain' | 'attribute'): string {
  const stems = terms.length === 0 ? ['있'] : terms.map(stem);
  const last = stems.at(-1) ?? '';
  const before = stems.slice(0, -1).map((s) => `${s}고 `);
  return before.join('') + (ending === 'plain' ? `${last}다` : attribute(last));
}

/** The form before a noun: `실행 중이` -> `실행 중인`, `있` -> `있는`, `끝났` -> `끝난`. */
function attribute(s: string): string {
  if (s.endsWith('끝났')) return `${s.slice(0, -1)}난`;
  return s.endsWith('이') ? `${s.slice(0, -1)}인` : `${s}는`;
}

/** `레이블이 app=web인 실행 중인 Pod가`: labels, what is true of them (when told here), and the kind. */
function subjectOf(objects: ObjectsPhrase, terms: readonly Term[]): string {
  const label = objects.selector === undefined ? '' : `레이블이 ${objects.selector}인 `;
  const condition = terms.length === 0 ? '' : `${clauses(terms, 'attribute')} `;
  const name = objects.name === undefined ? '' : ` ${objects.name}`;
  return label + condition + withParticle(objects.kind + name, '이/가');
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
    if (objects.count === undefined) return `${subjectOf(objects, [])} ${clauses(objects.terms, 'plain')}`;
    const subject = subjectOf(objects, objects.terms);
    return objects.count.max === 0 ? `${subject} 하나도 없다` : `${subject} ${count(objects.count)} 있다`;
  },
  celHolds: (expression) => `다음이 성립한다: ${expression}`,
  neverMatching(objects) {
    const subject = subjectOf(objects, objects.terms);
    if (objects.moreThan > 0) return `${subject} 한순간도 ${objects.moreThan}개를 넘지 않는다`;
    return `${subject} 한순간도 없다`;
  },
  neverCel: (expression) => `다음은 한순간도 성립하지 않는다: ${expression}`,
  neverNoEndpoints: (service) => `Service ${service}에 준비된 엔드포인트가 한순간도 끊기지 않는다`,
  neverNodes: (moreThan) => `쓰이는 노드가 한순간도 ${moreThan}개를 넘지 않는다`,
  traffic(traffic) {
    const how = [
      ...(traffic.status === undefined
        ? []
        : [`상태 코드 ${withParticle(String(traffic.status), '으로/로')}`]),
      ...(traffic.body === undefined ? [] : [`"${traffic.body}" 내용으로`]),
      ...(traffic.latency === undefined ? [] : [`100건 중 99건은 ${traffic.latency}ms 안에`]),
    ];
    const manner = how.length === 0 ? '' : `${how.join(', ')} `;
    return `${duration(traffic.window)} 동안 ${place(traffic.from)} ${withParticle(traffic.url, '으로/로')} 보낸 요청의 ${percent(traffic.availability)} 이상이 ${manner}응답을 받는다`;
  },
  budget: (items) =>
    items
      .map(({ item, text }, i) => {
        const last = i === items.length - 1;
        return `${withParticle(BUDGET[item], '이/가')} ${text} 이하${last ? '이다' : '이고'}`;
      })
      .join(' '),
  question: (question) => question,

  eventually(sentence, by, hold) {
    const within = by === undefined ? '' : `${duration(by)} 안에: `;
    return `${within}${sentence}${hold === undefined ? '' : ` (${duration(hold)} 동안 끊김 없이)`}`;
  },
  always(sentence, from, to) {
    if (to === undefined) return from === 0 ? sentence : `${duration(from)}부터: ${sentence}`;
    return `${duration(from)}부터 ${duration(to)}까지: ${sentence}`;
  },

  matching: (plural) => `조건에 맞는 ${plural}`,
  count,
  atMost: (amount) => `${amount} 이하`,
  budgetItem: (item) => BUDGET[item],
  readyEndpoints: (service) => `${service}의 준비된 엔드포인트`,
  answer: '답',
  rightAnswer: '맞는 답',
  noAnswer: '아직 없음',

  duration,
  failure: ({ path, wanted, got, at }) => `${duration(at)}: ${path}: 바란 값 ${wanted}, 실제 값 ${got}`,
  lateFailure: (by) => `${duration(by)}까지 이루어지지 않았다`,
  lastEvents: '마지막 이벤트:',

  busy: '여기서 프로그램이 실행 중이다. Ctrl+C로 끝낼 수 있다.',
  lineTooLong: '줄이 너무 길다.',
  logFull: '기록할 수 있는 길이를 넘었다. 단계를 다시 시작하자.',
  notReading: '한 줄을 읽으려는 프로그램이 없다.',
  noEditor: '편집기를 연 프로그램이 없다.',
  nothingToInterrupt: '실행 중인 프로그램이 없다.',
  noHintLeft: '남은 힌트가 없다.',
  unknownGoal: '그런 목표는 없다.',
  notAQuestion: '그 목표는 질문이 아니다.',
  onlyInSandbox: '고장은 샌드박스에서만 직접 일으킬 수 있다.',
  fileRefused: '파일을 보관할 수 없다: 이름이 올바른 경로가 아니거나 폴더가 가득 찼다.',
  notAllowed: (command, allowed) =>
    `${withParticle(command, '은/는')} 이 단계에서 쓸 수 없다. 쓸 수 있는 것: ${allowed}`,
  answerRight: '맞다.',
  answerWrong: '그 답이 아니다. 다시 살펴보자.',
  won: '정돈 완료: 단계를 끝냈다.',
  lost: (goal) => `단계를 끝내지 못했다: ${goal}`,
  outOfTime: '시간이 다 되었다',
};
