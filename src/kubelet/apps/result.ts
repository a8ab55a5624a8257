import { httpReply } from '../../network/http.ts';
import type { AppModel } from './app.ts';
import { askDatabase } from './backends.ts';
import { begin, listenOrExit, serving } from './begin.ts';
import { VOTING_DB } from './votingdb.ts';

const MEMORY = 40 * 1024 * 1024;
const COUNT = 'SELECT vote, COUNT(id) AS count FROM votes GROUP BY vote';

/** The end of the voting app: shows how the votes stand in the database. */
export const result: AppModel = {
  name: 'result',
  start(ctx) {
    begin(ctx, { memory: MEMORY, startup: 1000, signalExitCode: 143 }, () => {
      const handler = serving(ctx, () => {
        const read = askDatabase(ctx, VOTING_DB, COUNT);
        const rows = read.result !== undefined && 'rows' in read.result ? read.result.rows : [];
        const count = (vote: string): number => Number(rows.find(([option]) => option === vote)?.[1] ?? 0);
        if (read.error !== '') ctx.log(`Error performing query: ${read.error}`, 'stderr');
        const body = `<!DOCTYPE html>\n<html>\n<head><title>Cats vs Dogs -- Result</title></head>\n<body>\n<p>Cats: ${count('a')}</p>\n<p>Dogs: ${count('b')}</p>\n</body>\n</html>\n`;
        return httpReply(200, body, 2 + read.latencyMs, { 'content-type': 'text/html; charset=utf-8' });
      });
      if (listenOrExit(ctx, ctx.parameters.ports?.[0] ?? 80, handler)) ctx.log('App running on port 80');
    });
  },
};
