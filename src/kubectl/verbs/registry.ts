import type { Verb } from '../verb.ts';
import { apply } from './apply.ts';
import { create } from './create.ts';
import { deleteVerb } from './delete.ts';
import { get } from './get.ts';
import { annotate, label } from './label.ts';
import { patch } from './patch.ts';
import { replace } from './replace.ts';
import { scale } from './scale.ts';

/** All verbs, sorted by name. */
export const verbs: readonly Verb[] = [annotate, apply, create, deleteVerb, get, label, patch, replace, scale];
