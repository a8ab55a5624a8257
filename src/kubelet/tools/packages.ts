import { instant } from './instant.ts';
import type { Tool } from './tool.ts';

/**
 * Package managers: the harbour has no way to their servers, and they say so as they do without
 * network. What an image lacks it lacks.
 */

/** Debian's apt-get and apt. */
function debian(name: string): Tool {
  return instant(name, (ctx, args) => {
    const [verb, ...packages] = args.filter((arg) => !arg.startsWith('-'));
    const host = 'deb.debian.org';
    if (verb === 'update') {
      ctx.stdio.out(
        `Ign:1 http://${host}/debian trixie InRelease\nErr:1 http://${host}/debian trixie InRelease\n  Temporary failure resolving '${host}'\nReading package lists... Done\n`,
      );
      ctx.stdio.err(
        `W: Failed to fetch http://${host}/debian/dists/trixie/InRelease  Temporary failure resolving '${host}'\nW: Some index files failed to download. They have been ignored, or old ones used instead.\n`,
      );
      return 0;
    }
    if (verb === 'install') {
      ctx.stdio.out('Reading package lists... Done\nBuilding dependency tree... Done\n');
      ctx.stdio.err(packages.map((name) => `E: Unable to locate package ${name}\n`).join(''));
      return packages.length === 0 ? 0 : 100;
    }
    ctx.stdio.err(`E: Invalid operation ${verb ?? ''}\n`);
    return 100;
  });
}

export const aptGet: Tool = debian('apt-get');
export const apt: Tool = debian('apt');

/** Alpine's apk. */
export const apk: Tool = instant('apk', (ctx, args) => {
  const [verb, ...packages] = args.filter((arg) => !arg.startsWith('-'));
  if (verb !== 'add' && verb !== 'update') {
    ctx.stdio.err('usage: apk add PACKAGE | apk update\n');
    return 1;
  }
  const url = 'https://dl-cdn.alpinelinux.org/alpine/v3.22/main';
  ctx.stdio.err(`WARNING: updating and opening ${url}: temporary error (try again later)\n`);
  if (verb === 'update') return 1;
  ctx.stdio.err('ERROR: unable to select packages:\n');
  ctx.stdio.err(
    packages.map((name) => `  ${name} (no such package):\n    required by: world[${name}]\n`).join(''),
  );
  return packages.length;
});
