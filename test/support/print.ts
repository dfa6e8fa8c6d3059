/** Shows a measurement among the results. */
export function print(line: string): void {
  // eslint-disable-next-line no-console -- what was counted is to be seen, not only that it was right
  console.log(line);
}
