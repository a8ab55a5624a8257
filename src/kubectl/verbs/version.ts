import type { KubeObject } from '../../api/object.ts';
import { toYaml } from '../../apimachinery/yaml.ts';
import { builtin } from '../discovery.ts';
import { fail } from '../errors.ts';
import { printJson } from '../printers/value.ts';
import { atOnce } from '../run.ts';
import type { Verb } from '../verb.ts';

/** The release whose behaviour this kubectl, and the server it is made for, have. */
export const VERSION = { major: '1', minor: '35', gitVersion: 'v1.35.6', platform: 'linux/amd64' } as const;
const KUSTOMIZE = 'v5.7.1';

/** `kubectl version` (pkg/cmd/version). */
export const version: Verb = {
  name: 'version',
  short: 'Print the client and server version information',
  usage: 'kubectl version [--client] [-o yaml|json]',
  flags: [
    { name: 'client', type: 'bool', usage: 'If true, shows client version only (no server required)' },
    { name: 'output', shorthand: 'o', type: 'string', usage: "One of 'yaml' or 'json'" },
  ],
  run: atOnce((context, args) => {
    const output = args.string('output');
    if (!['', 'yaml', 'json'].includes(output)) return fail(context, "--output must be 'yaml' or 'json'");
    // Any request tells whether the server is there.
    const probe = args.bool('client')
      ? undefined
      : context.client.get<KubeObject>(builtin('namespaces'), 'default');
    const server = probe === undefined || (!probe.ok && probe.status.code === 0) ? undefined : VERSION;
    if (output === '') {
      context.stdio.out(`Client Version: ${VERSION.gitVersion}\nKustomize Version: ${KUSTOMIZE}\n`);
      if (server !== undefined) context.stdio.out(`Server Version: ${server.gitVersion}\n`);
    } else {
      const value = {
        clientVersion: VERSION,
        kustomizeVersion: KUSTOMIZE,
        ...(server === undefined ? {} : { serverVersion: server }),
      };
      context.stdio.out(output === 'yaml' ? toYaml(value) : `${printJson(value)}\n`);
    }
    return probe !== undefined && !probe.ok && probe.status.code === 0 ? fail(context, probe.status) : 0;
  }),
};
