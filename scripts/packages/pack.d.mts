/** The tarballs, those of the platforms first, as they have to be published. */
export function packAll(out: string, npmFolder?: string): { name: string; file: string }[]
