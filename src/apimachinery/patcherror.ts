/**
 * Why a patch cannot be applied or made, in upstream's words, with the HTTP status the API server
 * answers with. A class, so that it cannot be mistaken for a patched object.
 */
export class PatchError {
  readonly code: 400 | 413 | 422 | 500;
  readonly error: string;

  constructor(code: 400 | 413 | 422 | 500, error: string) {
    this.code = code;
    this.error = error;
  }
}

/** Whether patching was refused. */
export function isPatchError(value: unknown): value is PatchError {
  return value instanceof PatchError;
}
