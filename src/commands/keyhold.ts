/**
 * Lets keys wait in the input stream until the returned function is called: the first screen is
 * drawn before the parts are loaded that keys may ask for.
 */
export function holdKeys(stdin: NodeJS.ReadStream = process.stdin): () => void {
  const read = stdin.read;
  stdin.read = () => null;
  return () => {
    stdin.read = read;
    stdin.emit('readable');
  };
}
