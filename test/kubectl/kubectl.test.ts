import { describe, expect, it } from 'vitest';
import { completions } from '../../src/kubectl/kubectl.ts';
import { Bench, words } from './harness.ts';

describe('the kubectl command line', () => {
  it.each([
    [
      'an unknown verb',
      'gte pods',
      'error: unknown command "gte" for "kubectl"\n\nDid you mean this?\n\tget\n',
    ],
    ['an unknown verb near nothing', 'frobnicate', 'error: unknown command "frobnicate" for "kubectl"\n'],
    [
      'an unknown flag',
      'get pods --foo',
      "error: unknown flag: --foo\nSee 'kubectl get --help' for usage.\n",
    ],
    [
      'a misspelled flag',
      'get pods --namespce=x',
      "error: unknown flag: --namespce\nDid you mean --namespace?\nSee 'kubectl get --help' for usage.\n",
    ],
    [
      'an unknown shorthand',
      'get pods -x',
      "error: unknown shorthand flag: 'x' in -x\nSee 'kubectl get --help' for usage.\n",
    ],
    [
      'an unknown flag of a subcommand',
      'create deployment x --foo',
      "error: unknown flag: --foo\nSee 'kubectl create deployment --help' for usage.\n",
    ],
    ['a context that does not exist', 'get pods --context=x', 'error: context "x" does not exist\n'],
    [
      'flags of upstream that mean nothing here',
      'get pods --kubeconfig=x',
      'error: --kubeconfig is not supported here\n',
    ],
    ['commands of upstream that mean nothing here', 'alpha', 'error: kubectl alpha is not available here\n'],
    [
      'an unknown subcommand',
      'rollout foo',
      'error: unknown command "foo"\nSee \'kubectl rollout -h\' for help and examples\n',
    ],
  ])('refuses %s', (_, line, err) => {
    expect(new Bench().run(line)).toEqual({ out: '', err, code: 1 });
  });

  it.each(['', '--help', 'help', 'help get', 'get --help', 'create deployment -h', 'options'])(
    'helps with "%s"',
    (line) => {
      const { out, err, code } = new Bench().run(line);
      expect({ err, code }).toEqual({ err: '', code: 0 });
      expect(out).toMatch(/Usage:|following options/);
    },
  );

  it.each(['rollout', 'set', 'create secret', 'config', 'top', 'create'])(
    'helps with "%s" on standard error, and fails: there is a subcommand missing',
    (line) => {
      const { out, err, code } = new Bench().run(line);
      expect({ out, code }).toEqual({ out: '', code: 1 });
      expect(err).toContain(`Use "kubectl ${line} <command> --help"`);
    },
  );

  it('lists its commands in the groups of upstream', () => {
    const titles = new Bench().run('--help').out.match(/^\S.*:$/gm);
    expect(titles).toEqual([
      'Basic Commands (Beginner):',
      'Basic Commands (Intermediate):',
      'Deploy Commands:',
      'Cluster Management Commands:',
      'Troubleshooting and Debugging Commands:',
      'Advanced Commands:',
      'Settings Commands:',
      'Other Commands:',
      'Usage:',
    ]);
  });

  it('does not fail over a help topic that it does not know', () => {
    const { err, code } = new Bench().run('help frobnicate');
    expect({ first: err.split('\n')[0], code }).toEqual({
      first: 'Unknown help topic [`frobnicate`]',
      code: 0,
    });
  });

  it.each(['alpha', 'completion bash', 'proxy', 'help proxy'])(
    'knows "%s", and says that it is not here',
    (line) => {
      expect(new Bench().run(line).err).toMatch(/^error: kubectl [a-z -]+ is not available here(: .*)?\n$/);
    },
  );

  it('prints the kubeconfig in any format', () => {
    const b = new Bench();
    b.run('config set-context --current --namespace=harbour');
    expect(b.run(`config view --minify -o jsonpath='{..namespace}'`).out).toBe('harbour');
    expect(b.run('config view -o json').out).toContain('"current-context": "kubernetes-admin@shipshape"');
  });

  it('takes global flags before the verb', () => {
    expect(new Bench().run('-n kube-system get pods').err).toBe(
      'No resources found in kube-system namespace.\n',
    );
  });

  it.each([
    [
      'get pods',
      'The connection to the server 192.168.0.10:6443 was refused - did you specify the right host or port?\n',
    ],
    [
      'scale deploy/web --replicas=2',
      'The connection to the server 192.168.0.10:6443 was refused - did you specify the right host or port?\n',
    ],
  ])('says of %s that nobody listens', (line, err) => {
    const bench = new Bench();
    bench.down = true;
    expect(bench.run(line)).toEqual({ out: '', err, code: 1 });
  });

  it.each<[string, string[]]>([
    ['ap', ['api-resources', 'api-versions', 'apply']],
    ['get deployme', ['deployments']],
    ['get configmaps set', ['settings']],
    ['get cm/s', ['cm/settings']],
    ['get pods --sho', ['--show-kind', '--show-labels', '--show-managed-fields']],
    ['get pods -n kube-s', ['kube-system']],
    ['get pods --namespace=kube-s', ['--namespace=kube-system']],
    ['apply -f ', ['a.yaml', 'dir/']],
    ['apply -f dir/', ['dir/b.yaml']],
    ['rollout re', ['restart', 'resume']],
    ['get pods -o js', ['json', 'jsonpath=']],
    ['cordon ', []],
  ])('completes "%s"', (line, wanted) => {
    const bench = new Bench();
    bench.files.texts.set('a.yaml', '').set('dir/b.yaml', '');
    bench.run('create configmap settings --from-literal=a=b');
    const argv = line.endsWith(' ') ? [...words(line), ''] : words(line);
    const context = {
      client: bench.client,
      stdio: { out: () => {}, err: () => {} },
      files: bench.files,
      now: () => bench.sim.now(),
      random: bench.sim.stream('kubectl'),
      config: bench.config.settings,
      interactive: true,
    };
    expect(completions(context, argv)).toEqual(wanted);
  });
});
