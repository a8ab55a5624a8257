import type { RoleBinding, Subject } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { deepEqual } from '../../apimachinery/equal.ts';
import { changeFlags, changeObjects } from '../changing.ts';
import { fail, failure, isFailed } from '../errors.ts';
import { namesFiles } from '../flagsets.ts';
import { atOnce } from '../run.ts';
import { SUBJECT_FLAGS, subjectsOf } from '../subjects.ts';
import type { Verb } from '../verb.ts';

const BINDINGS: ReadonlySet<string> = new Set(['rolebindings', 'clusterrolebindings']);

/** `kubectl set subject` (pkg/cmd/set/set_subject.go): adds whom a binding is for. */
export const setSubject: Verb = {
  name: 'subject',
  short: 'Update the user, group, or service account in a role binding or cluster role binding',
  usage:
    'kubectl set subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  examples: `  # Update a cluster role binding for serviceaccount1
  kubectl set subject clusterrolebinding admin --serviceaccount=namespace:serviceaccount1

  # Update a role binding for user1, user2, and group1
  kubectl set subject rolebinding admin --user=user1 --user=user2 --group=group1`,
  flags: [...changeFlags('kubectl-set'), ...SUBJECT_FLAGS],
  run: atOnce((context, args) => {
    if (args.bool('all') && args.string('selector') !== '')
      return fail(context, 'cannot set --all and --selector at the same time');
    const read = subjectsOf(args);
    if (isFailed(read)) return fail(context, read.failure);
    if (read.subjects.length === 0)
      return fail(context, 'you must specify at least one value of user, group or serviceaccount');
    if (args.args.length === 0 && !namesFiles(args))
      return fail(
        context,
        'one or more resources must be specified as <resource> <name> or <resource>/<name>',
      );
    return changeObjects(context, args, args.args, {
      done: 'subjects updated',
      change(info) {
        if (!BINDINGS.has(info.kind.plural))
          return failure('setting subjects is only supported for RoleBinding/ClusterRoleBinding');
        const binding = info.object as KubeObject as RoleBinding;
        const subjects = withSubjects(binding.subjects ?? [], read.subjects);
        if (subjects.length === (binding.subjects ?? []).length)
          return failure(`info: ${info.kind.plural} "${info.name}" was not changed\n`);
        return { ...binding, subjects } as KubeObject;
      },
    });
  }),
};

function withSubjects(before: readonly Subject[], wanted: readonly Subject[]): readonly Subject[] {
  return [...before, ...wanted.filter((subject) => !before.some((known) => deepEqual(known, subject)))];
}
