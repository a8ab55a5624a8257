import type { Verb } from '../verb.ts';
import { apply } from './apply.ts';
import { create } from './create.ts';
import { deleteVerb } from './delete.ts';
import { get } from './get.ts';
import { scale } from './scale.ts';

/** All verbs, sorted by name. */
export const verbs: readonly Verb[] = [apply, create, deleteVerb, get, scale];
