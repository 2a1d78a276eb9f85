/** The document with each of `blocks`, texts by their names, in its place. */
export function withBlocks(document: string, blocks: Record<string, string>): string

/** What stands between the markers of `name`. */
export function blockOf(document: string, name: string): string
