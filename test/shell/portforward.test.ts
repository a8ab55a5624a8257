import { describe, expect, it } from 'vitest';
import { create, webDeployment, webService } from '../cluster/harness.ts';
import { Terminal } from './harness.ts';

/** A terminal over a cluster in which a Deployment web runs behind a Service web. */
function withWeb(): Terminal {
  const terminal = new Terminal();
  create(terminal.cluster, webDeployment(1), webService(30080));
  terminal.cluster.runFor(30_000);
  return terminal;
}

describe('kubectl port-forward', () => {
  it('in the background leads from a local port to the pod of a service', () => {
    const t = withWeb();
    expect(t.run('kubectl port-forward svc/web 8080:80 &').err).toMatch(/^\[1\] \d+\n$/);
    const { out, code } = t.run('curl -s localhost:8080');
    expect(code).toBe(0);
    expect(out).toContain('Welcome to nginx!');
    expect(out).toContain('Handling connection for 8080\n');
    expect(t.run('jobs').out).toMatch(/^\[1\]\+ {2}Running +kubectl port-forward svc\/web 8080:80 &\n$/);
    expect(t.run('kill %1').code).toBe(0);
    expect(t.run('curl -s localhost:8080').code).toBe(7);
  });

  it('says where it listens, and loses the connection when the pod goes', () => {
    const t = withWeb();
    const { out } = t.run('kubectl port-forward deploy/web 8080:80 & sleep 1');
    expect(out).toBe('Forwarding from 127.0.0.1:8080 -> 80\nForwarding from [::1]:8080 -> 80\n');
    const gone = t.run('kubectl delete pod -l app=web; sleep 3');
    expect(gone.err).toContain('error: lost connection to pod\n');
    expect(gone.err).toMatch(/\[1\]\+ {2}Exit 1 +kubectl port-forward deploy\/web 8080:80 & sleep 1\n$/);
  });

  it('loses the connection when nobody listens in the pod', () => {
    const t = withWeb();
    t.run('kubectl port-forward deploy/web 8080:81 &');
    const { code, err } = t.run('curl -s localhost:8080; echo');
    expect(code).toBe(0);
    expect(err).toContain('an error occurred forwarding 8080 -> 81: error forwarding port 81 to pod');
    expect(t.run('curl -s localhost:8080').code).toBe(7);
  });

  it.each([
    [
      'kubectl port-forward deploy/web',
      "error: TYPE/NAME and list of ports are required for port-forward\nSee 'kubectl port-forward -h' for help and examples\n",
    ],
    ['kubectl port-forward deploy/web 1:2:3', "error: invalid port format '1:2:3'\n"],
    [
      'kubectl port-forward deploy/web http',
      /^error: Pod 'web-\w+-\w+' does not have a named port 'http'\n$/,
    ],
    ['kubectl port-forward svc/web 81', 'error: Service web does not have a service port 81\n'],
    ['kubectl port-forward nopod 80', 'Error from server (NotFound): pods "nopod" not found\n'],
  ])('refuses "%s"', (line, err) => {
    const outcome = withWeb().run(line);
    expect(outcome.code).toBe(1);
    if (typeof err === 'string') expect(outcome.err).toBe(err);
    else expect(outcome.err).toMatch(err);
  });

  it('refuses a port that is taken', () => {
    const t = withWeb();
    t.run('kubectl port-forward deploy/web 8080:80 &');
    expect(t.run('kubectl port-forward deploy/web 8080:80').err).toBe(
      `Unable to listen on port 8080: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 127.0.0.1:8080: bind: address already in use unable to create listener: Error listen tcp6 [::1]:8080: bind: address already in use]
error: unable to listen on any of the requested ports: [{8080 80}]
`,
    );
  });
});

describe('commands in the background', () => {
  it('run beside the lines that follow, and say when they are done', () => {
    const t = withWeb();
    t.run('sleep 5 && echo later > f &');
    expect(t.run('ls f').code).not.toBe(0);
    expect(t.run('sleep 6; cat f').out).toBe('later\n');
    expect(t.run('jobs').out).toBe('');
  });

  it('read nothing', () => {
    const t = withWeb();
    expect(t.run('read x &').err).toMatch(/\n\[1\]\+ {2}Exit 1 +read x\n$/);
  });
});
