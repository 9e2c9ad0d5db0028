/** Well-formed text of at most `maxChars` characters; what is cut ends with `…`. */
export function cut(text: string, maxChars: number): string {
  return (text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`).toWellFormed();
}
