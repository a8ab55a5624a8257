import { controllerOf, type KubeObject, nameOf } from '../../api/object.ts';
import { APP_COLOURS } from '../theme/theme.ts';

/** How the crates of one app are marked. */
export interface AppMark {
  readonly app: string;
  readonly letter: string;
  /** Which of the app colours. */
  readonly colour: number;
}

/** The app that a pod belongs to: by the usual labels, else by its owner's name, else its own. */
export function appOf(pod: KubeObject): string {
  const labels = pod.metadata.labels ?? {};
  const named = labels['app.kubernetes.io/name'] ?? labels.app ?? labels['k8s-app'] ?? labels.run;
  if (named !== undefined && named !== '') return named;
  const owner = controllerOf(pod);
  if (owner === undefined) return nameOf(pod);
  return owner.kind === 'ReplicaSet' ? owner.name.replace(/-[a-z0-9]+$/, '') : owner.name;
}

/** Gives each app a letter and a colour of its own while there are any left, and keeps them. */
export class AppMarks {
  readonly #marks = new Map<string, AppMark>();
  readonly #letters = new Set<string>();

  /** The mark of an app; new apps get theirs now. */
  of(app: string): AppMark {
    let mark = this.#marks.get(app);
    if (mark === undefined) {
      const letter = this.#letterFor(app);
      mark = { app, letter, colour: this.#marks.size % APP_COLOURS };
      this.#letters.add(letter);
      this.#marks.set(app, mark);
    }
    return mark;
  }

  #letterFor(app: string): string {
    const own = [...app.toUpperCase().replace(/[^A-Z0-9]/g, '')];
    const free = own.find((letter) => !this.#letters.has(letter));
    return (
      free ?? [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].find((letter) => !this.#letters.has(letter)) ?? own[0] ?? '?'
    );
  }
}
