import type { WhyWords } from '../../cluster/whywords.ts';
import { type DecisionFacts, namesIn } from '../../scheduler/decisionwords.ts';
import { waitKo } from './waitko.ts';

function lookedAt({ evaluated, total }: DecisionFacts): string {
  return evaluated < total ? `노드 ${total}개 중 살펴본 ${evaluated}개` : `노드 ${total}개`;
}

function without({ rejected }: DecisionFacts): string {
  return rejected.length === 0 ? '' : ` (제외: ${rejected.join(', ')})`;
}

const by = (asked: string | undefined): string => (asked === undefined ? '' : ` (${asked})`);

/** What became of objects and why, in Korean; names, fields and reasons stay as Kubernetes has them. */
export const whyKo: WhyWords = {
  waits: waitKo,
  decision: {
    notAssigned: (pod, message) => `${pod}: 배정되지 않음: ${message ?? '기록된 이유 없음'}`,
    notBound: (pod, node, message) => `${pod}: ${node} 노드로 정했지만 배정하지 못함: ${message}`,
    onlyOne: (facts) =>
      `${facts.pod}: ${facts.node} 노드에 배정. ${lookedAt(facts)} 가운데 받을 수 있는 유일한 노드${without(facts)}.`,
    highest: (facts) => {
      const { pod, node, score, tied, next } = facts;
      const after = next === undefined ? '' : `, 다음은 ${next.node} ${next.score}점`;
      if (tied.length === 0)
        return `${pod}: ${node} 노드에 배정. ${lookedAt(facts)} 가운데 ${score}점으로 가장 높음${after}${without(facts)}.`;
      const others = namesIn(tied, (count) => ` 외 ${count}개`);
      return `${pod}: ${node} 노드에 배정. ${lookedAt(facts)} 가운데 ${score}점으로 가장 높은 동점(${others})이어서 무작위로 고름${after}${without(facts)}.`;
    },
  },
  headings: {
    lines: ['시각', '리비전', '반응한 리비전', '구성 요소', '일어난 일'],
    decision: ['노드', '필터', '합계 또는 이유', '점수'],
  },
  fits: '통과',
  rejectedBy: (plugin) => `제외: ${plugin}`,
  notShown: (count) => `그 밖에 살펴보지 않았거나 기록하지 않은 노드 ${count}개`,
  noRecord: (kind, name, namespace) =>
    `${kind} "${name}"의 기록이 없습니다${namespace === undefined ? '' : ` (네임스페이스 ${namespace})`}.`,
  created: (name, asked) => `${name} 만듦${by(asked)}`,
  deleted: (name, asked) => `${name} 지움${by(asked)}`,
  wrote: (name, changes, asked) => `${name}: ${changes.join(', ')}${by(asked)}`,
  stillAlive: '살아 있음을 알림',
  bookkeeping: '기록만 고침',
  times: (text, count) => `${text} (${count}번)`,
  more: (count) => `그 밖에 ${count}가지`,
  markedForDeletion: '삭제 표시됨',
  changed: (field) => `${field} 바뀜`,
  added: (thing) => `${thing} 추가됨`,
  removed: (thing) => `${thing} 없어짐`,
  set: (field, value) => `${field} = ${value}`,
  unset: (field, value) => `${field} ${value} 없어짐`,
  cordoned: '적재 금지(cordon)',
  uncordoned: '적재 금지 풀림(uncordon)',
  nouns: {
    taint: '테인트',
    finalizer: '파이널라이저',
    endpoint: '엔드포인트',
    label: '레이블',
    annotation: '어노테이션',
    container: '컨테이너',
    initContainer: '초기화 컨테이너',
    ephemeralContainer: '임시 컨테이너',
  },
  endpointStates: { ready: '준비됨', notReady: '준비 안 됨', terminating: '종료 중' },
  assigned: (node) => `${node}에 배정됨`,
  roomMade: (node) => `${node}에 자리를 내는 중`,
  phase: (before, after) => `단계 ${before} -> ${after}`,
  image: (container, before, after) => `${container} 이미지 ${before} -> ${after}`,
  adopted: (owner) => `${owner} 아래로 들어감`,
  released: '소유자에게서 풀려남',
  address: (ip) => `주소 ${ip}`,
  podReady: '파드 준비됨',
  podNotReady: '파드 준비 안 됨',
  restarted: (container, count) => `${container} 다시 시작됨 (지금까지 ${count}번)`,
  noState: '상태 없음',
  running: '실행 중',
  waiting: (reason) => `대기, ${reason}`,
  terminated: (reason, exitCode) => `종료, ${reason} (종료 코드 ${exitCode})`,
  noReason: '이유 없음',
};
