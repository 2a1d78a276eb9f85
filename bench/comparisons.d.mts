interface Comparison {
  /** What `ONLY` and the markers in docs/performance.md call it. */
  name: string
  title: string
  measure(): Promise<{ peers: string; note: string; rows: Record<string, string>[] }>
}

export const comparisons: Comparison[]
