import type { DatabaseAddress } from './backends.ts';

/** Where the voting app keeps its votes: its programs have this written into them. */
export const VOTING_DB: DatabaseAddress = Object.freeze({
  host: 'db',
  port: 5432,
  user: 'postgres',
  password: 'postgres',
  database: 'postgres',
});
