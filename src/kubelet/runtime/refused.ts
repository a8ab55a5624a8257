/** A refusal of the runtime, with the text that containerd would give. */
export function refused(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}
