/** What the program's exit status says. */
export const ExitCode = Object.freeze({
  /** Done; for a run: won; for a simulation or a check: everything as expected. */
  ok: 0,
  /** Not won, or an expectation or a check failed. */
  failed: 1,
  /** Wrong usage, or an input that cannot be read or is not valid. */
  usage: 2,
  /** A bug of Shipshape's. */
  internal: 70,
} as const);

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The same as words, at the end of every help text. */
export const EXIT_CODES_HELP = `
Exit status:
  0    done; a run was won, every expectation and check holds
  1    not won, or an expectation or a check failed
  2    wrong usage, or an input that cannot be read or is not valid
  70   a bug in Shipshape
  130  stopped with Ctrl+C (by the signal SIGINT)`;
