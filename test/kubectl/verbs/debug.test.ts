import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../src/api/generated/types.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import { Bench } from '../harness.ts';

const LEGACY =
  '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n';

function bench(spec: object = {}): Bench {
  const b = new Bench();
  b.put({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } });
  b.files.write(
    'web.yaml',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', labels: { app: 'web' }, annotations: { note: 'x' } },
      spec: {
        nodeName: 'n1',
        containers: [
          {
            name: 'web',
            image: 'nginx',
            args: ['a'],
            livenessProbe: { httpGet: { port: 80 } },
            startupProbe: { httpGet: { port: 80 } },
          },
        ],
        ...spec,
      },
    }),
  );
  b.run('create -f web.yaml');
  return b;
}

const podOf = (b: Bench, name: string): Pod => {
  const found = b.client.get<Pod>(podKind, name, 'default');
  if (!found.ok) throw new Error(found.status.message);
  return found.value;
};

describe('kubectl debug', () => {
  it.each([
    ['debug', 'NAME or filename is required for debug'],
    ['debug web', 'you must specify --image when not using --copy-to.'],
    ['debug web --image=x --replace', '--replace may only be used with --copy-to.'],
    ['debug web --image=x --same-node', '--same-node may only be used with --copy-to.'],
    ['debug web --image=x --set-image=a=b', '--set-image may only be used with --copy-to.'],
    ['debug web --copy-to=c', 'you must specify --image, --set-image or command arguments.'],
    [
      'debug web --copy-to=c -- sh',
      'you must specify an existing container or a new image when specifying args.',
    ],
    ['debug web --image=A', 'invalid image name "A": invalid reference format'],
    ['debug web --image=x --image-pull-policy=Maybe', 'invalid image pull policy: Maybe'],
    [
      'debug web --image=x --copy-to=c --target=web',
      '--target is incompatible with --copy-to. Use --share-processes instead.',
    ],
    ['debug web --image=x -t', '-i/--stdin is required for containers with -t/--tty=true'],
    ['debug web --image=x --profile=odd', 'unknown profile: odd'],
    [
      'debug web --image=x --attach',
      'you must specify --container or create a new container using --image in order to attach.',
    ],
  ])('refuses "%s" as upstream does', (line, says) => {
    const filled =
      line === 'debug' ? `${line} --image=x` : line.replace(' --image=x --attach', ' --attach --copy-to=c');
    expect(bench().run(filled).err).toContain(says);
  });

  it('adds an ephemeral container under a name of its own', () => {
    const b = bench();
    const outcome = b.run('debug web --image=busybox --env=A=1 -- sleep 5');
    expect(outcome).toMatchObject({ code: 0, err: LEGACY });
    expect(outcome.out).toMatch(/^Defaulting debug container name to debugger-[a-z0-9]{5}\.\n$/);
    const [added] = podOf(b, 'web').spec.ephemeralContainers ?? [];
    expect(added).toMatchObject({
      image: 'busybox',
      command: ['sleep', '5'],
      env: [{ name: 'A', value: '1' }],
    });
    expect(podOf(b, 'web').metadata.generation).toBe(2);
  });

  it('warns who targets a container, and who runs as another user than root', () => {
    const b = bench({ securityContext: { runAsUser: 1000 } });
    const outcome = b.run('debug web --image=busybox --target=web --profile=general -c d');
    expect(outcome.out).toContain(
      'Targeting container "web". If you don\'t see processes from this container',
    );
    expect(outcome.err).toContain('Warning: Non-root user is configured for the entire target Pod');
    expect(podOf(b, 'web').spec.ephemeralContainers?.[0]).toMatchObject({
      targetContainerName: 'web',
      securityContext: { capabilities: { add: ['SYS_PTRACE'] } },
    });
  });

  it('copies a pod without what makes it one of a service', () => {
    const b = bench();
    b.run('debug web --copy-to=copy --container=web --profile=general -- sh -c true');
    const copy = podOf(b, 'copy');
    expect(copy.metadata.labels).toBeUndefined();
    expect(copy.metadata.annotations).toBeUndefined();
    expect(copy.spec.nodeName).toBeUndefined();
    expect(copy.spec.shareProcessNamespace).toBe(true);
    const [container] = copy.spec.containers;
    expect(container).toMatchObject({ image: 'nginx', command: ['sh', '-c', 'true'] });
    expect([container?.args, container?.livenessProbe, container?.startupProbe]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('keeps what it is told to keep, changes images, and replaces the original', () => {
    const b = bench();
    const flags = '--keep-labels --keep-liveness --same-node --replace --share-processes=false';
    b.run(
      `debug web --copy-to=copy --image=busybox -c d --set-image=web=nginx:1.28 --profile=restricted ${flags}`,
    );
    const { metadata, spec } = podOf(b, 'copy');
    expect(metadata.labels).toEqual({ app: 'web' });
    expect(spec).toMatchObject({
      nodeName: 'n1',
      containers: [
        { name: 'web', image: 'nginx:1.28', livenessProbe: { httpGet: { port: 80 } } },
        {
          name: 'd',
          image: 'busybox',
          securityContext: {
            runAsNonRoot: true,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            seccompProfile: { type: 'RuntimeDefault' },
          },
        },
      ],
    });
  });

  it('makes a pod on a node, in the namespaces of the node', () => {
    const b = bench();
    b.files.write('node.yaml', JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } }));
    b.run('create -f node.yaml');
    const { out, code } = b.run('debug node/n1 --image=busybox');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Creating debugging pod node-debugger-n1-[a-z0-9]{5} with container debugger on node n1\.\n$/,
    );
    const name = /node-debugger-n1-\w+/.exec(out)?.[0] ?? '';
    expect(podOf(b, name).spec).toMatchObject({
      nodeName: 'n1',
      hostPID: true,
      hostNetwork: true,
      hostIPC: true,
      restartPolicy: 'Never',
    });
    expect(podOf(b, name).spec.containers[0]?.volumeMounts?.[0]).toEqual({
      mountPath: '/host',
      name: 'host-root',
    });
  });

  it('knows pods and nodes only', () => {
    const b = bench();
    b.run('create configmap c');
    expect(b.run('debug cm/c --image=busybox').err).toContain('not supported by debug');
  });
});
