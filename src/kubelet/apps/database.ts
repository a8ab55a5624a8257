import type { Handler } from '../../network/types.ts';
import { resolvePath } from '../tools/filetree.ts';
import type { AppContext } from './app.ts';
import { VotesTable } from './votesdb.ts';

/** What the database models have in common: a data directory that is set up once, and queries as text. */

/** Makes a directory and all above it; false when that is refused. */
export function makeDirectories(ctx: AppContext, path: string): boolean {
  const parts = path.split('/').slice(1);
  for (let n = 1; n <= parts.length; n++) {
    const made = ctx.files.makeDirectory(`/${parts.slice(0, n).join('/')}`);
    if (!made.ok && made.error !== 'EEXIST') return false;
  }
  return true;
}

/** Whether the data directory was set up by an earlier run. */
export function hasData(ctx: AppContext, directory: string, mark: string): boolean {
  return ctx.files.stat(resolvePath(directory, mark)) !== undefined;
}

/** Answers queries sent as plain text. */
export function queries(ctx: AppContext, directory: string): Handler {
  const table = new VotesTable(ctx, directory);
  return ({ message }) => {
    if (message.protocol !== 'tcp') return { type: 'close', latencyMs: 0 };
    return { type: 'raw', body: table.query(message.body), latencyMs: 0.5 + ctx.work(0.5) };
  };
}
