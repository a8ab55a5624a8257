/** Usual sizes of machines, from small to large. */
export const NODE_SIZES: readonly { readonly cpu: string; readonly memory: string }[] = Object.freeze([
  { cpu: '1', memory: '2Gi' },
  { cpu: '2', memory: '4Gi' },
  { cpu: '4', memory: '8Gi' },
  { cpu: '8', memory: '16Gi' },
  { cpu: '16', memory: '32Gi' },
]);
