import type { WaitWords } from '../../cluster/waits/waitwords.ts';

const tail = (message: string): string => (message === '' ? '' : `: ${message}`);
const ago = (time: string | undefined): string =>
  time === undefined ? '한 번도 소식이 없음' : `마지막 소식이 ${time} 전`;

/** 무엇을 기다리는지: 이름, 필드, 이유, 메시지는 쿠버네티스의 것 그대로. */
export const waitKo: WaitWords = {
  heading: '기다리는 것:',
  nothing: '기다리는 것이 없습니다.',
  look: (what) => `보기: ${what}`,
  finalizers: (names) => `파이널라이저가 없어지기를: ${names.join(', ')}`,
  silent: (component, time) => `${component}: ${ago(time)}`,
  condition: (type, reason, message) => `조건 ${type}${reason === '' ? '' : `, ${reason}`}${tail(message)}`,
  missing: (what) => `${what}: 아직 없음`,
  child: (what, text) => `${what} ← ${text}`,
  more: (count, what) => `그 밖에 ${what} ${count}개`,
  pod: {
    gates: (names) => `스케줄링 게이트가 없어지기를: ${names.join(', ')}`,
    noNode: (message) => `알맞은 노드${tail(message)}`,
    room: (node) => `${node}의 자리: 우선순위가 낮은 파드가 끝나는 중`,
    otherScheduler: (name) => `${name}라는 스케줄러(spec.schedulerName): 아직 아무것도 정하지 않음`,
    notLookedAt: '스케줄러가 살펴보기를',
    notTakenUp: (node) => `${node}의 kubelet이 맡기를`,
    kubeletMustEnd: (node) => `${node}의 kubelet이 끝났다고 알리기를`,
    grace: (seconds, hook) =>
      `컨테이너가 끝나기를: 삭제된 때부터 ${seconds}초를 준다${hook ? '(preStop 훅 포함)' : ''}`,
    failed: (reason, message) => `더는 없음: 실패했음${reason === '' ? '' : `, ${reason}`}${tail(message)}`,
    endedForGood: (container, exitCode, policy) =>
      `더는 없음: 컨테이너 ${container}가 종료 코드 ${exitCode}로 끝났고 다시 시작하지 않음(restartPolicy ${policy})`,
    initFirst: (container, waiting) => `초기화 컨테이너 ${container}가 끝나기를: ${waiting}`,
    running: '실행 중',
    pulling: (image, time) => `이미지 ${image}: 받는 중${time === undefined ? '' : ` (${time}째)`}`,
    preparing: '네트워크, 볼륨, 컨테이너가 준비되기를',
    noImage: (container, image, message) =>
      `컨테이너 ${container}의 이미지 ${image}: 받을 수 없음${tail(message)}`,
    crashes: (container, exitCode, reason, times) =>
      `컨테이너 ${container}가 다시 시작되기를: 종료 코드 ${exitCode}(${reason})로 끝났고 지금까지 ${times}번 다시 시작함. 기다리는 시간은 점점 길어진다`,
    waiting: (container, reason, message) => `컨테이너 ${container}가 시작되기를: ${reason}${tail(message)}`,
    notStarted: (container, message) => `컨테이너 ${container}의 startup 프로브가 성공하기를${tail(message)}`,
    notReady: (container, message) => `컨테이너 ${container}가 준비되기를${tail(message)}`,
    readinessGate: (type) => `준비 게이트: 조건 ${type}이(가) True가 아님`,
    resize: (reason, message) => `크기 조정으로 요청한 자원 (${reason})${tail(message)}`,
  },
  volume: {
    noClass: 'StorageClass: 지정하지 않았고 기본 클래스도 없음',
    noSuchClass: (name) => `StorageClass ${name}: 없음`,
    firstPod: (name) => `이것을 쓰는 파드 (StorageClass ${name}: WaitForFirstConsumer)`,
    podFirst: (pod) => `파드 ${pod}가 배정되기를`,
    noVolume: (message) => `알맞은 PersistentVolume${tail(message)}`,
    provisioner: (provisioner, message) => `${provisioner}가 만들 볼륨${tail(message)}`,
    volumeOf: (volume, claim) => `볼륨 ${volume}: ${claim} 클레임의 것`,
    inUse: (pods) => `이것을 쓰는 파드가 끝나기를: ${pods.join(', ')}`,
    lost: (volume) => `볼륨 ${volume}: 없어짐`,
    released: (policy) => `누군가 지우거나 spec.claimRef를 비우기를: 클레임이 없어졌고 회수 정책은 ${policy}`,
    boundTo: (claim) => `클레임 ${claim}이(가) 지워지기를`,
  },
  workload: {
    notObserved: (generation, observed) =>
      `컨트롤러가 세대 ${generation}을(를) 보기를 (지금까지 본 것은 ${observed})`,
    paused: '누군가 다시 이어 가기를: spec.paused가 true',
    suspended: '누군가 다시 이어 가기를: spec.suspend가 true',
    onDelete: '누군가 옛 파드를 지우기를: 업데이트 전략이 OnDelete',
    podsMissing: (has, wanted) => `파드가 만들어지기를: ${wanted}개 중 ${has}개 있음`,
    oldPods: (count) => `옛 템플릿의 파드 ${count}개가 바뀌기를`,
    ending: (count) => `파드 ${count}개가 끝나기를`,
    notYetAvailable: (count, seconds) =>
      `파드 ${count}개가 ${seconds}초 동안 준비 상태이기를 (minReadySeconds)`,
    ordinal: (pod, before) =>
      `파드 ${before}가 준비된 다음에야 ${pod}가 만들어짐 (podManagementPolicy OrderedReady)`,
    noNode: '파드를 실을 수 있는 노드: 하나도 없음',
    failedPods: (failed, limit) =>
      `다음 시도: 파드 ${failed}개 실패, ${limit}개까지 허용 (backoffLimit). 기다리는 시간은 점점 길어진다`,
    podsToEnd: (count) => `실행 중인 파드 ${count}개가 끝나기를`,
    jobToEnd: (job) => `잡 ${job}이(가) 끝나기를 (concurrencyPolicy Forbid)`,
    nextTime: (time) => `다음 시각 ${time}`,
    jobFailed: (reason, message) => `더는 없음: 실패했음, ${reason}${tail(message)}`,
    healthy: (has, wanted) => `건강한 파드가 더 있기를: ${wanted}개를 바라지만 ${has}개 있음`,
  },
  network: {
    noSelector: '누군가 써 줄 엔드포인트: 셀렉터가 없음',
    noPods: (selector) => `셀렉터 ${selector}에 맞는 파드: 없음`,
    noReadyPods: (count) => `파드가 준비되기를: ${count}개가 맞지만 준비된 것이 없음`,
    noPortNamed: (port) => `파드에 ${port}라는 이름의 컨테이너 포트: 없음`,
    noBalancer: '로드 밸런서: 이 클러스터에는 그것을 주는 클라우드가 없거나 아직 받지 못함',
    noIngressClass: 'IngressClass: 지정하지 않았고 기본 클래스도 없음',
    noController: (name) => `IngressClass ${name}의 컨트롤러가 주소를 주기를`,
    backend: (service, why) => `백엔드 ${service}: ${why}`,
    noEndpoints: '준비된 엔드포인트가 없음',
    noSuchPort: (port) => `포트 ${port}가 없음`,
    selectsNothing: '고를 파드: 없음',
  },
  node: {
    kubelet: (node, time) => `${node}의 kubelet: ${ago(time)}`,
    notReady: (message) => `kubelet이 준비되기를${tail(message)}`,
    cordoned: '새 파드를 받으려면 누군가 uncordon하기를',
    pressure: (type, message) => `${type}이(가) 풀리기를${tail(message)}`,
  },
};
