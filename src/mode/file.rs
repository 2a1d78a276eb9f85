//! The mode file: one word in a file that may be replaced at any time.

use std::fs::{self, OpenOptions};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::AppMode;

/// How often the file is read again. Polling, because a Kubernetes ConfigMap is swapped by a
/// symbolic link two levels up, where a watch on the file's own inode sees nothing.
const PERIOD: Duration = Duration::from_millis(200);

/// A mode word with some white space behind it is far below this; anything longer is no mode.
const MAX_BYTES: usize = 4096;

/// What a mode file was found to hold. White space at its end is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileContent {
    /// Nothing but white space.
    Empty,
    /// Something that is not exactly a mode word.
    Other,
    /// Missing, not a regular file, or not readable.
    Unreadable,
    /// A mode word.
    Word(AppMode),
}

impl FileContent {
    /// Reads `path` now. It never waits: a pipe or a device is not a mode file.
    pub fn read(path: &Path) -> Self {
        let Ok(bytes) = read_regular(path) else {
            return Self::Unreadable;
        };
        match bytes.trim_ascii_end() {
            b"" => Self::Empty,
            _ if bytes.len() > MAX_BYTES => Self::Other,
            word => AppMode::from_word(word).map_or(Self::Other, Self::Word),
        }
    }
}

fn read_regular(path: &Path) -> std::io::Result<Vec<u8>> {
    // Looked at before it is opened: opening a pipe for reading waits for a writer.
    if !fs::metadata(path)?.is_file() {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    let mut bytes = Vec::new();
    options
        .open(path)?
        .take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Follows mode files for the life of the process, on one thread of its own.
///
/// `path` says which file is in force now, and `found` is told what it holds.
pub(super) fn follow(
    path: impl Fn() -> Option<PathBuf> + Send + 'static,
    found: impl Fn(&Path, FileContent) + Send + 'static,
) -> std::io::Result<()> {
    thread::Builder::new()
        .name("rf-mode-file".to_owned())
        .spawn(move || {
            loop {
                thread::sleep(PERIOD);
                if let Some(path) = path() {
                    found(&path, FileContent::read(&path));
                }
            }
        })
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(content: &[u8]) -> FileContent {
        let path = std::env::temp_dir().join(format!(
            "rf-mode-file-{}-{:?}",
            std::process::id(),
            thread::current().id()
        ));
        fs::write(&path, content).unwrap();
        let found = FileContent::read(&path);
        fs::remove_file(&path).unwrap();
        found
    }

    #[test]
    fn takes_a_word_with_white_space_behind_it() {
        assert_eq!(held(b"LIVE \r\n\t\n"), FileContent::Word(AppMode::Live));
    }

    #[test]
    fn takes_nothing_that_is_longer_than_the_limit() {
        let mut long = b"LIVE".to_vec();
        long.resize(MAX_BYTES + 1, b' ');
        assert_eq!(held(&long), FileContent::Other);
    }

    #[test]
    fn takes_no_word_with_a_byte_order_mark() {
        assert_eq!(held(b"\xef\xbb\xbfLIVE"), FileContent::Other);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_unreadable_and_does_not_block() {
        assert_eq!(
            FileContent::read(Path::new("/dev/zero")),
            FileContent::Unreadable
        );
    }
}
