import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isList, isObject } from '../../apimachinery/object.ts';
import { changeAt } from './fieldspec.ts';
import type { ImageRule } from './kustomization.ts';
import type { ResMap } from './resmap.ts';

/** Images beside those of containers: what volumes are made of. */
const VOLUME_IMAGES = [
  ['spec', 'volumes[]', 'image', 'reference'],
  ['spec', 'template', 'spec', 'volumes[]', 'image', 'reference'],
];

/** Changes the images of a name wherever there are containers (api/filters/imagetag). */
export function setImages(map: ResMap, rule: ImageRule): void {
  for (const resource of map.resources) {
    if (resource.id.kind === 'CustomResourceDefinition') continue;
    let value = inContainers(resource.value, rule);
    for (const path of VOLUME_IMAGES) value = changeAt(value, path, false, (image) => renamed(image, rule));
    resource.value = value as JsonObject;
  }
}

/** The value with the images of all lists of containers in it changed. */
function inContainers(value: Json, rule: ImageRule): Json {
  if (isList(value)) {
    const items = value.map((item) => inContainers(item, rule));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  if (!isObject(value)) return value;
  let changed: JsonObject | undefined;
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue;
    const isContainers = key === 'containers' || key === 'initContainers';
    const inner = inContainers(field, rule);
    const next = isContainers ? changeAt(inner, ['image'], false, (image) => renamed(image, rule)) : inner;
    if (next !== field) changed = { ...(changed ?? value), [key]: next };
  }
  return changed ?? value;
}

/** An image's new name, tag and digest; a new tag or digest takes the place of both. */
function renamed(image: Json | undefined, rule: ImageRule): Json | undefined {
  if (typeof image !== 'string') return image;
  const { name, tag, digest } = split(image);
  if (name !== rule.name || !/^[\w.{}-]*$/.test(tag)) return image;
  const { newName = '', newTag = '', tagSuffix = '' } = rule;
  const newDigest = rule.digest ?? '';
  const kept = newTag === '' && newDigest === '';
  const lastTag = kept ? tag + tagSuffix : newTag;
  const lastDigest = kept && tagSuffix === '' ? digest : newDigest;
  return `${newName === '' ? name : newName}${lastTag === '' ? '' : `:${lastTag}`}${lastDigest === '' ? '' : `@${lastDigest}`}`;
}

function split(image: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const at = image.indexOf('@');
  const rest = at < 0 ? image : image.slice(0, at);
  const colon = rest.lastIndexOf(':');
  const tagged = colon > rest.lastIndexOf('/');
  return {
    name: tagged ? rest.slice(0, colon) : rest,
    tag: tagged ? rest.slice(colon + 1) : '',
    digest: at < 0 ? '' : image.slice(at + 1),
  };
}
