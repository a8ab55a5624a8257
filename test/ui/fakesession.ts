import type { Cluster } from '../../src/cluster/cluster.ts';
import type {
  ActionLine,
  GoalView,
  IndexPoint,
  Language,
  LevelState,
  PlayerAction,
  PromptState,
  SessionView,
  Starting,
  StartProgress,
  TimedAction,
  TimelineMark,
  TranscriptEntry,
} from '../../src/game/types.ts';
import { busyHarbour, type FakeCluster } from './fakecluster.ts';

/** A session that does as it is told and remembers what it was asked to do. */
export class FakeSession implements SessionView {
  readonly language: Language;
  readonly seed = 1;
  readonly fake: FakeCluster;
  elapsed = 102_000;
  state: LevelState = { kind: 'playing' };
  goals: GoalView[];
  index = 0.83;
  history: IndexPoint[] = Array.from({ length: 102 }, (_, second) => ({
    second,
    index: second < 20 ? second / 20 : second > 70 && second < 90 ? 0.4 : second < 95 ? 1 : 0.83,
  }));
  marks: TimelineMark[] = [
    { at: 12_000, kind: 'action', text: 'kubectl apply -f web.yaml' },
    { at: 71_000, kind: 'fault', text: 'cargo-4 lost' },
  ];
  score: SessionView['score'] = {
    service: 14.5,
    cargo: 320,
    helm: 3,
    par: { service: 20, cargo: 300, helm: 4 },
    stars: [true, true, false],
  };
  transcript: TranscriptEntry[] = [];
  prompt: PromptState = { kind: 'ready', prompt: 'harbour $ ' };
  readonly texts = new Map<string, string>();
  hints: string[] = [];
  hintsLeft = 2;
  log: TimedAction[] = [];
  version = 1;
  readonly acted: PlayerAction[] = [];
  readonly advanced: number[] = [];
  readonly forked: number[] = [];
  /** What there is to do again before an earlier state is reached. */
  slices: readonly StartProgress[] = [];
  completions: { start: number; candidates: readonly string[] } = { start: 0, candidates: [] };

  constructor(language: Language = 'en', fake: FakeCluster = busyHarbour()) {
    this.language = language;
    this.fake = fake;
    this.texts.set('web.yaml', WEB);
    this.texts.set('web-svc.yaml', SERVICE);
    this.goals = goals(language);
    this.say('command', 'kubectl get pods');
    this.say(
      'stdout',
      'NAME              READY   STATUS    RESTARTS   AGE\nweb-7d4b9-aaaaa   1/1     Running   0          42s\nweb-7d4b9-bbbbb   1/1     Running   0          42s\n',
    );
    this.say('command', 'kubectl apply -f broken.yaml');
    this.say('stderr', 'error: the path "broken.yaml" does not exist\n');
  }

  get actions(): readonly ActionLine[] {
    return this.log.flatMap(({ at, action }) =>
      action.type === 'command' ? [{ at, kind: 'typed', subject: '', line: action.line }] : [],
    );
  }

  get moves(): number {
    return this.log.length;
  }

  fileWord(path: string): string {
    return path;
  }

  get cluster(): Cluster {
    return this.fake as unknown as Cluster;
  }

  get files(): ReadonlyMap<string, string> {
    return this.texts;
  }

  say(kind: TranscriptEntry['kind'], text: string): void {
    this.transcript = [...this.transcript, { id: this.transcript.length, at: this.elapsed, kind, text }];
    this.version++;
  }

  advance(ms: number): boolean {
    this.advanced.push(ms);
    this.elapsed += ms;
    this.fake.time += ms;
    return true;
  }

  step(): void {
    this.advance(1);
    this.version++;
  }

  act(action: PlayerAction): void {
    this.acted.push(action);
    this.log = [...this.log, { at: this.elapsed, action }];
    if (action.type === 'command') {
      this.say('command', action.line);
      this.say('stdout', `ran ${action.line}\n`);
    } else if (action.type === 'file') {
      if (action.text === undefined) this.texts.delete(action.path);
      else this.texts.set(action.path, action.text);
    } else if (action.type === 'edited') this.prompt = { kind: 'ready', prompt: 'harbour $ ' };
    else if (action.type === 'hint') {
      this.hints = [...this.hints, 'Look at the **labels** of the pods: `kubectl get pods --show-labels`.'];
      this.hintsLeft--;
    }
    this.version++;
  }

  complete(): { readonly start: number; readonly candidates: readonly string[] } {
    return this.completions;
  }

  undoing(): Starting | undefined {
    return this.log.length === 0 ? undefined : this.resetting();
  }

  forking(ms: number): Starting | undefined {
    this.forked.push(ms);
    return ms > this.elapsed ? undefined : this.resetting();
  }

  *resetting(): Starting {
    yield* this.slices;
    return new FakeSession(this.language);
  }
}

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selectr:
    matchLabels: {app: web}
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: nginx:1.27 # 한국어 주석
        ports:
        - containerPort: 80
`;

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
  - port: 80
`;

function goals(language: Language): GoalView[] {
  const ko = language === 'ko';
  return [
    {
      id: 'replicas',
      type: 'state',
      text: ko ? 'web 디플로이먼트에 준비된 파드가 3개 있다' : 'Deployment web has 3 ready pods',
      state: 'open',
      match: 0.66,
      since: 72_000,
      leaves: [
        { path: 'web · spec.replicas', wanted: '3', got: '3', ok: true },
        { path: 'web · status.readyReplicas', wanted: '3', got: '2', ok: false },
        { path: 'web · status.updatedReplicas', wanted: '3', got: '3', ok: true },
      ],
    },
    {
      id: 'traffic',
      type: 'traffic',
      text: ko
        ? 'web 서비스로 가는 요청이 99 % 이상 응답받는다'
        : 'requests to web are answered, 99 % or more',
      state: 'holding',
      match: 1,
      since: 80_000,
      held: 12_000,
      hold: 30_000,
      leaves: [{ path: 'availability', wanted: '≥ 99 %', got: '99.4 %', ok: true }],
    },
    {
      id: 'where',
      type: 'answer',
      text: ko ? '질문: db-0은 어느 배에 있나요?' : 'Answer: which ship carries db-0?',
      state: 'open',
      match: 0,
      since: 0,
      leaves: [],
      answers: ['cargo-1'],
    },
    {
      id: 'never',
      type: 'never',
      text: ko ? 'cargo-3에는 아무것도 싣지 않는다' : 'nothing is loaded onto cargo-3',
      state: 'met',
      match: 1,
      since: 0,
      leaves: [],
    },
  ];
}
