import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, stateDirectory } from './statedirectory.ts';

/**
 * What is said when something was thrown that never should be: one sentence, and where the details
 * are. Set SHIPSHAPE_DEBUG=1 to see them at once.
 */
export function describeBug(error: unknown, version: string, env: NodeJS.ProcessEnv = process.env): string {
  const details = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  const report = `shipshape ${version}, Node ${process.version}, ${process.platform} ${process.arch}\narguments: ${JSON.stringify(process.argv.slice(2))}\n\n${details}\n`;
  const head = `shipshape: this is a bug in Shipshape, not a mistake of yours: ${messageOf(error)}`;
  if (env.SHIPSHAPE_DEBUG === '1') return `${head}\n\n${report}`;
  const path = join(stateDirectory(env), 'crash.txt');
  try {
    mkdirSync(stateDirectory(env), { recursive: true });
    writeFileSync(path, report, { mode: 0o600 });
    return `${head}\nPlease open an issue in the project's repository and attach ${path}\n`;
  } catch {
    // The state directory may be the very thing that is broken.
    return `${head}\nPlease open an issue in the project's repository. For the details, run it again with SHIPSHAPE_DEBUG=1.\n`;
  }
}
