const TYPES: ReadonlyMap<string, string> = new Map([
  ['css', 'text/css'],
  ['htm', 'text/html'],
  ['html', 'text/html'],
  ['js', 'application/javascript'],
  ['json', 'application/json'],
  ['svg', 'image/svg+xml'],
  ['txt', 'text/plain'],
  ['xml', 'text/xml'],
]);

/** The content type that a web server gives a file by its name. */
export function contentType(path: string): string {
  return TYPES.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase()) ?? 'application/octet-stream';
}
