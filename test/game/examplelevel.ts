import { formatIssue } from '../../src/game/issue.ts';
import type { Level } from '../../src/game/level.ts';
import { loadLevel } from '../../src/game/loader.ts';

/** A complete small level: three ready web pods behind a Service, never without an endpoint for long. */
export const LEVEL_YAML = `apiVersion: shipshape/v1
kind: Level
metadata: {name: three-of-a-kind}
spec:
  title: {en: Three of a kind, ko: 셋이 함께}
  idea: {en: A Deployment keeps as many pods as it is asked for., ko: Deployment는 바라는 만큼 파드를 유지한다.}
  chapter: basics
  order: 2
  teaches: [deployment]
  needs: [pod]
  cluster:
    nodes:
      - {name: n1, cpu: "4", memory: 8Gi}
      - {name: n2, cpu: "4", memory: 8Gi}
  allow: {kubectl: [apply, get, describe, scale, create, delete]}
  hold: 5s
  limit: 3m
  timeline:
    - {at: 2m, fault: {kind: NodeDown, node: n2}, note: {en: n2 is lost., ko: n2를 잃었다.}}
  goals:
    - id: web-ready
      weight: 2
      state:
        object: {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, status: {readyReplicas: 3}}
    - id: pods
      state:
        object: {apiVersion: v1, kind: Pod, status: {phase: Running}}
        selector: app=web
        count: 3
    - id: not-too-many
      never: {matching: {object: {apiVersion: v1, kind: Pod}, selector: app=web, moreThan: 3}}
    - id: which-image
      latch: true
      answer:
        question: {en: Which image does web run?, ko: web은 어떤 이미지를 실행하는가?}
        value: {object: {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}, path: "spec.template.spec.containers[0].image"}
    - id: cheap
      budget: {nodes: 2, restarts: 0}
  hints:
    - {en: Look at the briefing., ko: 안내문을 보자.}
    - {en: A Deployment has replicas., ko: Deployment에는 replicas가 있다.}
    - {en: kubectl apply -f web.yaml, ko: kubectl apply -f web.yaml}
  par: {service: 60, cargo: 200, helm: 2}
  solutions:
    - name: apply
      moves:
        - {apply: web.yaml}
        - {after: web-ready, answer: which-image}
    - name: create
      moves:
        - {command: "kubectl create deployment web --image=nginx:1.28 --replicas=3"}
        - {wait: 5s, answer: which-image, text: nginx:1.28}
  wrong:
    - name: two only
      moves: [{command: "kubectl create deployment web --image=nginx:1.28 --replicas=2"}]
      fails: web-ready
    - name: four
      moves: [{command: "kubectl create deployment web --image=nginx:1.28 --replicas=4"}]
      fails: not-too-many
  debrief:
    en: "{moves} moves, {drift} s of drift; web is on {nodes:app=web}."
    ko: "조작 {moves}번, 어긋난 시간 {drift}초. web은 {nodes:app=web}에 있다."
`;

export const WEB_YAML = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "nginx:1.28"}]
`;

/** The level's folder; `changes` replace files, undefined removes one. */
export function exampleFolder(
  changes: Readonly<Record<string, string | undefined>> = {},
): Map<string, string> {
  const folder = new Map<string, string>([
    ['level.yaml', LEVEL_YAML],
    ['briefing.en.md', '# Three of a kind\n'],
    ['briefing.ko.md', '# 셋이 함께\n'],
    [
      'start/cluster/settings.yaml',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n',
    ],
    ['start/files/readme.txt', 'hello\n'],
    ['solution/web.yaml', WEB_YAML],
  ]);
  for (const [path, text] of Object.entries(changes)) {
    if (text === undefined) folder.delete(path);
    else folder.set(path, text);
  }
  return folder;
}

/** The level, with parts of its YAML replaced; throws when it does not load. */
export function exampleLevel(...replacements: readonly (readonly [string, string])[]): Level {
  let yaml = LEVEL_YAML;
  for (const [from, to] of replacements) {
    if (!yaml.includes(from)) throw new Error(`the example level has no ${from}`);
    yaml = yaml.replace(from, to);
  }
  const loaded = loadLevel(exampleFolder({ 'level.yaml': yaml }));
  if (!loaded.ok) throw new Error(loaded.issues.map(formatIssue).join('\n'));
  return loaded.value;
}
