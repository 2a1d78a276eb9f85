export interface Tarball {
  name: string
  file: string
  /** In bytes, as the next one. */
  size: number
  unpackedSize: number
}

/** The tarballs, those of the platforms first, as they have to be published. */
export function packAll(out: string, npmFolder?: string): Tarball[]

/** The same of what this clone has built. */
export function packBuilt(out: string): Tarball[]
