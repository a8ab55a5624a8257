import { describe, expect, it } from 'vitest';
import { printed, Terminal } from './harness.ts';

const WEB = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: web, image: "nginx:1.27"}]
`;

describe('the command line in the harbour office', () => {
  it.each([
    ['an unknown command', 'foo', '', 'harbour: foo: not found\n', 127],
    [
      'a command of the machines',
      'systemctl status kubelet',
      '',
      'systemctl: this is the harbour office. Go aboard a node first, as in: ssh n1\n',
      127,
    ],
    [
      'crictl',
      'crictl ps',
      '',
      'crictl: this is the harbour office. Go aboard a node first, as in: ssh n1\n',
      127,
    ],
    [
      'journalctl',
      'journalctl -u kubelet',
      '',
      'journalctl: this is the harbour office. Go aboard a node first, as in: ssh n1\n',
      127,
    ],
    ['leaving', 'exit', 'There is no leaving the harbour office this way.\n', '', 0],
    ['nothing', '', '', '', 0],
    ['only spaces', '   ', '', '', 0],
    ['a comment', '# hoist the flag', '', '', 0],
    ['several commands', 'echo a; echo b && echo c || echo d', 'a\nb\nc\n', '', 0],
    ['a pipe', 'echo one two | wc -w', '2\n', '', 0],
    ['a failure in the middle', 'false && echo no; echo yes', 'yes\n', '', 0],
    ['the last exit code', 'false; echo $?', '1\n', '', 0],
    ['a file that is missing', 'cat nothing', '', 'cat: nothing: No such file or directory\n', 1],
    ['where', 'hostname; pwd', 'harbour\n/\n', '', 0],
  ])('answers %s', (_, line, out, err, code) => {
    expect(new Terminal().run(line)).toEqual({ out, err, code });
  });

  it.each([
    ['a here-document', ['cat <<EOF > a.txt; cat a.txt', 'one', '  two', 'EOF'], 'one\n  two\n'],
    ['an open quote', ['echo "a', 'b"'], 'a\nb\n'],
    ['a backslash at the end', ['echo a \\', 'b'], 'a b\n'],
    ['an open if', ['if true', 'then echo yes', 'fi'], 'yes\n'],
  ])('asks for more lines after %s', (_, lines, out) => {
    const terminal = new Terminal();
    const [first = '', ...more] = lines;
    terminal.run(first);
    const outcomes = more.map((line) => {
      expect(terminal.reading).toBe('> ');
      return terminal.type(line);
    });
    expect(outcomes.at(-1)).toEqual({ out, err: '', code: 0 });
  });

  it('hands a here-document to kubectl', () => {
    const terminal = new Terminal();
    terminal.run('kubectl apply -f - <<EOF');
    for (const line of WEB.trimEnd().split('\n')) terminal.type(line);
    expect(terminal.type('EOF').out).toBe('pod/web created\n');
  });

  it('answers an unclosed quote when there are no more lines, and forgets it at Ctrl+C', () => {
    const terminal = new Terminal();
    terminal.run('echo "a');
    expect(terminal.type(undefined)).toEqual({ out: '', err: expect.stringMatching(/^harbour: /), code: 2 });
    terminal.run('echo "a');
    expect(terminal.interrupt().code).toBe(130);
    expect(printed(terminal, 'echo b')).toBe('b\n');
  });

  it('keeps its directory, variables and files from line to line', () => {
    const terminal = new Terminal({ files: { 'web.yaml': WEB } });
    expect(terminal.shell.prompt()).toBe('harbour $ ');
    expect(printed(terminal, 'ls')).toBe('web.yaml\n');
    printed(terminal, 'mkdir fleet; cd fleet; SHIP=n1; echo aye > note.txt');
    expect(terminal.shell.prompt()).toBe('harbour:fleet $ ');
    expect(printed(terminal, 'pwd; ls; echo $SHIP; cat note.txt ../web.yaml | head -2')).toBe(
      '/fleet\nnote.txt\nn1\naye\napiVersion: v1\n',
    );
    expect(terminal.files.read('fleet/note.txt')).toBe('aye\n');
    printed(terminal, 'cd ..');
    expect(terminal.shell.prompt()).toBe('harbour $ ');
    expect(printed(terminal, 'rm -r fleet; ls')).toBe('web.yaml\n');
  });

  it('writes output into the folder and reads it from there', () => {
    const terminal = new Terminal({ files: { 'web.yaml': WEB } });
    expect(printed(terminal, 'kubectl apply -f web.yaml > out.txt')).toBe('');
    expect(terminal.files.read('out.txt')).toBe('pod/web created\n');
    printed(terminal, 'kubectl get pods -o name >> out.txt');
    expect(printed(terminal, 'cat out.txt')).toBe('pod/web created\npod/web\n');
    expect(printed(terminal, 'cat web.yaml | kubectl delete -f - --grace-period=1')).toBe(
      'pod "web" deleted from default namespace\n',
    );
  });

  it('finds manifests relative to the directory it stands in', () => {
    const terminal = new Terminal({
      files: { 'yard/web.yaml': WEB, 'yard/two/x.yaml': WEB.replace('name: web}', 'name: x}') },
    });
    printed(terminal, 'cd yard');
    expect(printed(terminal, 'kubectl apply -f web.yaml')).toBe('pod/web created\n');
    expect(printed(terminal, 'kubectl apply -f two')).toBe('pod/x created\n');
    expect(terminal.run('kubectl apply -f yard/web.yaml').err).toBe(
      'error: the path "yard/web.yaml" does not exist\n',
    );
  });

  it('counts what was changed outside the API, and nothing else', () => {
    const terminal = new Terminal({ files: { 'web.yaml': WEB } });
    printed(terminal, 'kubectl apply -f web.yaml; ls; echo a > b');
    printed(terminal, 'ssh n1 crictl ps');
    expect(terminal.shell.changes).toBe(0);
    printed(terminal, 'ssh n1 systemctl restart kubelet');
    expect(terminal.shell.changes).toBe(1);
    printed(terminal, 'ssh n1 rm /var/lib/kubelet/config.yaml');
    expect(terminal.shell.changes).toBe(2);
  });

  it('asks for the rest of what is not whole yet', () => {
    const t = new Terminal();
    t.run('cat <<EOF | kubectl apply -f -');
    expect(t.reading).toBe('> ');
    for (const line of ['apiVersion: v1', 'kind: ConfigMap', 'metadata: {name: c}', 'data: {a: b}'])
      t.type(line);
    expect(t.type('EOF')).toEqual({ out: 'configmap/c created\n', err: '', code: 0 });
    t.run('for i in 1 2; do');
    t.type('echo $i');
    expect(t.type('done').out).toBe('1\n2\n');
    t.run('echo "a');
    expect(t.type(undefined)).toMatchObject({ out: '', code: 2 });
  });

  it('is left alone by Ctrl+C', () => {
    const terminal = new Terminal();
    expect(terminal.run('sleep 1000').code).toBeUndefined();
    expect(terminal.interrupt().code).toBe(130);
    expect(printed(terminal, 'echo on')).toBe('on\n');
  });
});

describe('kubectl cp', () => {
  const t = new Terminal({ files: { 'a.html': 'hello', 'd/one.txt': '1\n', 'd/two.txt': '2' } });
  t.run('kubectl run web --image=nginx');
  t.wait(10_000);

  it('copies a file to where it is said, or into a directory', () => {
    printed(t, 'kubectl cp a.html web:/usr/share/nginx/html/index.html');
    expect(printed(t, 'kubectl exec web -- curl -s localhost')).toBe('hello');
    printed(t, 'kubectl cp a.html default/web:/tmp -c web');
    expect(printed(t, 'kubectl exec web -- cat /tmp/a.html')).toBe('hello');
  });

  it('copies directories there and back', () => {
    printed(t, 'kubectl cp d web:/tmp/x');
    expect(printed(t, 'kubectl exec web -- find /tmp/x -type f')).toBe('/tmp/x/one.txt\n/tmp/x/two.txt\n');
    expect(t.run('kubectl cp web:/tmp/x y')).toEqual({
      out: '',
      err: "tar: removing leading '/' from member names\n",
      code: 0,
    });
    expect(printed(t, 'cat y/one.txt y/two.txt')).toBe('1\n2');
  });

  it.each([
    ['nope.txt web:/tmp', "error: nope.txt doesn't exist in local filesystem\n"],
    ['a b', 'error: one of src or dest must be a remote file specification\n'],
    ['web:/a web:/b', 'error: one of src or dest must be a local file specification\n'],
    ['a', 'error: source and destination are required\n'],
    ['a/b/c:/x y', 'error: filespec must match the canonical format: [[namespace/]pod:]file/path\n'],
    ['nope:/a x', 'Error from server (NotFound): pods "nope" not found\n'],
    [
      'web:/nope x',
      "tar: /nope: No such file or directory\ntar: removing leading '/' from member names\nerror: command terminated with exit code 1\n",
    ],
    ['web:/etc/hosts .', "tar: removing leading '/' from member names\nerror: open .: is a directory\n"],
  ])('refuses %s', (line, err) => {
    expect(t.run(`kubectl cp ${line}`)).toEqual({ out: '', err, code: 1 });
  });
});

describe('kubectl exec', () => {
  it.each([
    ['sleep 0', '', '', 0],
    ['sh -c "exit 3"', '', 'command terminated with exit code 3\n', 3],
    [
      'bash',
      '',
      /^error: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "bash": executable file not found in \$PATH: unknown\n$/,
      1,
    ],
  ])('-- %s: says how it ended', (command, out, err, code) => {
    const t = new Terminal();
    t.run('kubectl run b --image=busybox -- sleep 3600');
    t.wait(5_000);
    const ended = t.run(`kubectl exec b -- ${command}`);
    expect({ out: ended.out, code: ended.code }).toEqual({ out, code });
    expect(ended.err).toMatch(err);
    if (typeof err === 'string') expect(ended.err).toBe(err);
  });
});

describe('kubectl run -it', () => {
  it("attaches to the pod's own program, which starts anew when it has ended", () => {
    const t = new Terminal();
    expect(t.run('kubectl run tmp -it --image=busybox').err).toContain("If you don't see a command prompt");
    expect(t.type('echo $HOSTNAME').out).toBe('tmp\n/ # ');
    expect(t.type('exit')).toEqual({
      out: "Session ended, resume using 'kubectl attach tmp -c tmp -i -t' command when the pod is running\n",
      err: '',
      code: 0,
    });
    t.wait(5_000);
    expect(printed(t, 'kubectl logs tmp --previous')).toBe('/ # echo $HOSTNAME\ntmp\n/ # exit\n');
    expect(t.run('kubectl attach tmp -it').out).toContain('/ # ');
  });

  it('ends as the program of a pod that is not started again', () => {
    const t = new Terminal();
    t.run('kubectl run tmp -it --rm -q --image=busybox --restart=Never');
    expect(t.type('exit 3')).toEqual({
      out: 'pod "tmp" deleted from default namespace\n',
      err: 'pod default/tmp terminated (Error)\n',
      code: 3,
    });
  });

  it('hands on what is piped in', () => {
    const t = new Terminal();
    const { out, code } = t.run('echo hi | kubectl run c -i --rm -q --image=busybox --restart=Never -- cat');
    expect({ out, code }).toEqual({ out: 'hi\npod "c" deleted from default namespace\n', code: 0 });
  });
});

describe('completion', () => {
  const files = { 'web.yaml': WEB, 'yard/a.yaml': WEB };
  it.each([
    ['a command', 'sys', 0, []],
    ['commands of both kinds', 'kub', 0, ['kubectl']],
    ['everyday commands', 'cu', 0, ['curl']],
    ['the command after a pipe', 'kubectl get pods | gr', 19, ['grep']],
    ['machines', 'ssh ', 4, ['control-plane', 'n1', 'n2']],
    ['a machine', 'ssh n', 4, ['n1', 'n2']],
    ['verbs of kubectl', 'kubectl desc', 8, ['describe']],
    ['verbs under the short name', 'k desc', 2, ['describe']],
    ['files', 'cat w', 4, ['web.yaml']],
    ['files in folders', 'cat yard/', 4, ['yard/a.yaml']],
    ['folders', 'cat y', 4, ['yard/']],
    ['nothing there', 'cat zzz', 4, []],
    ['kinds of why', 'why d', 4, ['deployment/']],
    ['objects of why', 'why node/n', 4, ['node/n1', 'node/n2']],
    ['objects of why in two words', 'why node n', 9, ['n1', 'n2']],
  ])('knows %s', (_, line, start, candidates) => {
    const completion = new Terminal({ files }).shell.complete(line);
    expect(completion).toEqual({ start, candidates });
  });

  it('offers what can be done aboard while the player is there', () => {
    const terminal = new Terminal();
    terminal.run('ssh n1');
    expect(terminal.shell.complete('sys').candidates).toEqual(['systemctl']);
    expect(terminal.shell.complete('systemctl stop k').candidates).toEqual(['kubelet']);
    expect(terminal.shell.complete('cat /etc/ku').candidates).toEqual(['/etc/kubernetes/']);
    terminal.type('exit');
    expect(terminal.shell.complete('sys').candidates).toEqual([]);
    terminal.run('ssh n1');
    terminal.interrupt();
    expect(terminal.shell.complete('sys').candidates).toEqual([]);
  });
});

describe('a command that is not permitted', () => {
  const refusing = (): Terminal =>
    new Terminal({
      files: { 'go.sh': 'kubectl delete pod web\n', 'web.yaml': WEB },
      refuses: (name, [verb]) =>
        (name === 'kubectl' && verb === 'delete') || name === 'systemctl' ? 'Not here.' : undefined,
    });

  it.each([
    'kubectl delete pod web',
    'k delete pod web',
    "sh -c 'kubectl delete pod web'",
    'bash -c \'sh -c "kubectl delete pod web"\'',
    'sh go.sh',
    'sh < go.sh',
    'cat go.sh | sh',
    "eval 'kubectl delete pod web'",
    'command kubectl delete pod web',
    'exec kubectl delete pod web',
    'echo pod web | xargs kubectl delete',
    'env A=1 kubectl delete pod web',
    'timeout 5 kubectl delete pod web',
    'sunk() { kubectl delete pod "$1"; }; sunk web',
    'kubectl get pod web -o name | kubectl delete -f -',
    'x=kubectl; $x delete pod web',
    'echo $(kubectl delete pod web)',
    'if true; then kubectl delete pod web; fi',
    'kubectl get pod web && kubectl delete pod web',
    '"kubectl" \'delete\' pod web',
    'find . -name web.yaml -exec kubectl delete -f {} \\;',
    'kubectl delete -f - <<EOF\n{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}}\nEOF',
    'kubectl \\\ndelete pod web',
    'ssh control-plane kubectl delete pod web',
    'ssh n1 systemctl stop kubelet',
  ])('is stopped whichever way it is reached: %s', (line) => {
    const terminal = refusing();
    printed(terminal, 'kubectl apply -f web.yaml');
    terminal.wait(5000);
    const before = terminal.shell.changes;
    const { out, err } = terminal.run(line);
    expect(out + err).toContain('Not here.');
    expect(terminal.run('kubectl get pod web -o name').out).toBe('pod/web\n');
    expect(terminal.shell.changes).toBe(before);
  });

  it('is stopped in a watch and aboard', () => {
    const terminal = refusing();
    printed(terminal, 'kubectl apply -f web.yaml');
    expect(terminal.run('watch kubectl delete pod web').err).toContain('Not here.');
    terminal.interrupt();
    terminal.run('ssh control-plane');
    expect(terminal.type('kubectl delete pod web').err).toContain('Not here.');
    expect(terminal.type('kubectl get pod web -o name').out).toBe('pod/web\n');
  });

  it('ends with the status of a command that may not be run', () => {
    expect(refusing().run('kubectl delete pod web').code).toBe(126);
    expect(refusing().run('nowhere').code).toBe(127);
  });
});
