import type { AppContext, AppModel } from './app.ts';
import { askBackend, askDatabase } from './backends.ts';
import { begin } from './begin.ts';
import { VOTING_DB } from './votingdb.ts';

const MEMORY = 45 * 1024 * 1024;
const POLL_MS = 1000;
const RETRY_MS = 1000;
/** Votes moved per round. */
const BATCH = 100;
const REDIS_PORT = 6379;
const CREATE =
  'CREATE TABLE IF NOT EXISTS votes (id VARCHAR(255) NOT NULL UNIQUE, vote VARCHAR(255) NOT NULL)';

/** The middle of the voting app: moves votes from the queue in redis to the database. */
export const voteworker: AppModel = {
  name: 'voteworker',
  start(ctx) {
    begin(ctx, { memory: MEMORY, startup: 1000, signalExitCode: 143 }, () => connect(ctx));
  },
};

function connect(ctx: AppContext): void {
  const again = (says: string): void => {
    ctx.log(says, 'stderr');
    ctx.process.after(RETRY_MS, () => connect(ctx));
  };
  const db = askDatabase(ctx, VOTING_DB, CREATE);
  if (db.error !== '') {
    again('Waiting for db');
    return;
  }
  ctx.log('Connected to db');
  const queue = askBackend(ctx, 'redis', REDIS_PORT, 'PING\r\n');
  if (queue.body === undefined) {
    again('Waiting for redis');
    return;
  }
  ctx.log('Connecting to redis');
  ctx.process.every(POLL_MS, () => move(ctx));
}

function move(ctx: AppContext): void {
  for (let i = 0; i < BATCH; i++) {
    const popped = askBackend(ctx, 'redis', REDIS_PORT, 'LPOP votes\r\n');
    if (popped.body === undefined) {
      ctx.log('Reconnecting Redis', 'stderr');
      return;
    }
    const m = /"voter_id":"([0-9a-f]+)","vote":"([ab])"/.exec(popped.body);
    if (m === null) return;
    const [, id, choice] = m;
    ctx.log(`Processing vote for '${choice}' by '${id}'`);
    if (!store(ctx, id as string, choice as string)) {
      ctx.log('Reconnecting DB', 'stderr');
      askBackend(
        ctx,
        'redis',
        REDIS_PORT,
        `LPUSH votes ${JSON.stringify(`{"voter_id":"${id}","vote":"${choice}"}`)}\r\n`,
      );
      return;
    }
  }
}

/** A new voter's vote, or another one of somebody who voted before. */
function store(ctx: AppContext, id: string, choice: string): boolean {
  const insert = `INSERT INTO votes (id, vote) VALUES ('${id}', '${choice}')`;
  const { result, error } = askDatabase(ctx, VOTING_DB, insert);
  if (error === '') return true;
  if (result === undefined || !('duplicate' in result)) return false;
  return askDatabase(ctx, VOTING_DB, `UPDATE votes SET vote = '${choice}' WHERE id = '${id}'`).error === '';
}
