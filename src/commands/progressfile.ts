import { formatIssue } from '../game/issue.ts';
import { decodeProgress, encodeProgress, NO_PROGRESS, type Progress } from '../game/progress.ts';
import { SavedFile, stateDirectory } from './statedirectory.ts';

/** What is remembered of the player, on disk. */
export class ProgressFile {
  readonly #file: SavedFile;
  #progress: Progress = NO_PROGRESS;
  /** Sentences about saves that could not be used. */
  readonly problems: readonly string[];

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.#file = new SavedFile(stateDirectory(env), 'progress.json');
    const { problems } = this.#file.load((text) => {
      const decoded = decodeProgress(this.#file.path, text);
      if (!decoded.ok) return decoded.issues.map(formatIssue).join('; ');
      this.#progress = decoded.value;
      return undefined;
    });
    this.problems = problems;
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** Remembers it; returns a sentence when it could not be written. */
  save(progress: Progress): string | undefined {
    this.#progress = progress;
    return this.#file.save(encodeProgress(progress));
  }
}
