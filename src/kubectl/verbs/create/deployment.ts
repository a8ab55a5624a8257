import type { Container, Deployment } from '../../../api/generated/types.ts';
import { rand5 } from '../../../apimachinery/names.ts';
import type { KubectlContext } from '../../context.ts';
import { fail, isFailed } from '../../errors.ts';
import { atOnce } from '../../run.ts';
import type { Verb } from '../../verb.ts';
import { CREATE_FLAGS, createGenerated, nameArgument, requireFlags } from './generated.ts';

const PATH = 'kubectl create deployment';

/** `kubectl create deployment` (pkg/cmd/create/create_deployment.go). */
export const createDeployment: Verb = {
  name: 'deployment',
  takesCommand: true,
  aliases: ['deploy'],
  short: 'Create a deployment with the specified name',
  usage: 'kubectl create deployment NAME --image=image -- [COMMAND] [args...]',
  examples: `  # Create a deployment that runs nginx with 3 replicas
  kubectl create deployment web --image=nginx --replicas=3

  # Create a deployment with a command
  kubectl create deployment worker --image=busybox -- sleep 3600`,
  flags: [
    ...CREATE_FLAGS,
    {
      name: 'image',
      type: 'strings',
      usage: 'Image names to run. A deployment can have multiple images set for multi-container pod',
    },
    { name: 'port', type: 'int', default: -1, usage: 'The containerPort that this deployment exposes' },
    {
      name: 'replicas',
      shorthand: 'r',
      type: 'int',
      default: 1,
      usage: 'Number of replicas to create. Default is 1',
    },
  ],
  run: atOnce((context, args) => {
    const missing = requireFlags(args, ['image']);
    if (missing !== undefined) return fail(context, missing.failure);
    const named = nameArgument(PATH, args);
    if (isFailed(named)) return fail(context, named.failure);
    const images = args.strings('image');
    const command = args.afterDash ?? [];
    if (images.length > 1 && command.length > 0)
      return fail(context, 'cannot specify multiple --image options and command');
    const port = args.int('port');
    const containers = images.map((image, i): Container => {
      const ports = i === 0 && port >= 0 ? { ports: [{ containerPort: port }] } : {};
      const commanded = command.length > 0 ? { command } : {};
      return { name: containerName(context, image), image, ...commanded, ...ports, resources: {} };
    });
    const labels = { app: named.name };
    const object = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: named.name, labels },
      spec: {
        replicas: args.int('replicas'),
        selector: { matchLabels: labels },
        strategy: {},
        template: { metadata: { labels }, spec: { containers } },
      },
      status: {},
    } satisfies Deployment;
    return createGenerated(context, args, 'deployments', object).code;
  }),
};

/** A container's name from its image: the last part, without tag and digest. */
function containerName(context: KubectlContext, image: string): string {
  const last = image.split('/').at(-1) ?? image;
  const name = (last.split('@')[0] ?? last).split(':')[0] ?? last;
  if (!/[_.]/.test(name)) return name;
  return `${name.replace(/[_.]/g, '-')}-${rand5(() => context.random.float())}`;
}
