/** A bug put into the program on purpose, to see whether the checkers find it. */
export interface Mutant {
  /** What is wrong, in a few words. */
  readonly name: string;
  /** Relative to the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** The bugs that the net must catch. None of them exists outside the process that hunts it. */
export const mutants: readonly Mutant[] = [
  {
    name: 'the watch cache drops every hundredth event',
    file: 'src/apiserver/watcher.ts',
    find: 'if (change.revision <= this.told) return;',
    replace: 'if (change.revision <= this.told || change.revision % 100 === 0) return;',
  },
  {
    name: 'a static pod does not come back while its predecessor ends',
    file: 'src/kubelet/podmanager.ts',
    find: 'if (known.worker?.removed === true) known.again = { pod, source };',
    replace: '',
  },
];
