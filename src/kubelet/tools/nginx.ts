import { resolvePath } from './filetree.ts';
import { instant } from './instant.ts';

const CONF = '/etc/nginx/nginx.conf';
const SITES = '/etc/nginx/conf.d';
const SIGNALS: ReadonlyMap<string, string> = new Map([
  ['quit', 'SIGQUIT'],
  ['reload', 'SIGHUP'],
  ['reopen', 'SIGUSR1'],
  ['stop', 'SIGTERM'],
]);

/** What is done with the nginx that runs: `-t` and `-T` look at its configuration, `-s` sends it a signal. */
export const nginx = instant('nginx', (ctx, args) => {
  const [option = '', word = ''] = args;
  switch (option) {
    case '-v':
    case '-V':
      ctx.stdio.err(`nginx version: nginx/${ctx.env.get('NGINX_VERSION') ?? '1.29.3'}\n`);
      return 0;
    case '-t':
    case '-T': {
      ctx.stdio.err(`nginx: the configuration file ${CONF} syntax is ok\n`);
      ctx.stdio.err(`nginx: configuration file ${CONF} test is successful\n`);
      const names = ctx.files.list(SITES);
      if (option === '-t') return 0;
      for (const name of names.ok ? names.value : []) {
        const read = ctx.files.read(resolvePath(SITES, name));
        if (read.ok) ctx.stdio.out(`# configuration file ${SITES}/${name}:\n${read.value}\n`);
      }
      return 0;
    }
    case '-s': {
      const signal = SIGNALS.get(word);
      if (signal === undefined) {
        ctx.stdio.err(`nginx: invalid option: "-s ${word}"\n`);
        return 1;
      }
      ctx.signal(1, signal);
      return 0;
    }
    default:
      // A second one finds the first one's port taken.
      ctx.stdio.err('nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)\n');
      return 1;
  }
});
