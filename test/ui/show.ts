// Plays the screens with a fake session: `esbuild`-bundle this file and run it in a terminal.
// Arguments: en|ko, a level id to open at once.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Language } from '../../src/game/types.ts';
import { startUi } from '../../src/ui/start.tsx';
import { FakeHost } from './fakehost.ts';

const language = (process.argv[2] === 'ko' ? 'ko' : 'en') satisfies Language;
const open = process.argv[3];
const host = new FakeHost(mkdtempSync(join(tmpdir(), 'shipshape-ui-')), language);
host.editor = process.env.EDITOR ?? 'vi';
host.savedGame = { levelId: '2-1', elapsed: 42_000 };
await startUi(open === undefined ? host : Object.assign(host, { open }));
