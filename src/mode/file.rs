//! The mode file: one word in a file that may be replaced at any time.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::AppMode;
use crate::regular_file;

/// How often the file is read again. Polling, because a Kubernetes ConfigMap is swapped by a
/// symbolic link two levels up, where a watch on the file's own inode sees nothing.
const PERIOD: Duration = Duration::from_millis(150);

/// How many periods a read may take before the file counts as one that cannot be read: 600 ms. They
/// are counted by waking up after each, because on a clock a process that was stopped, or that got no
/// processor, has a read that took long, and would close what nobody closed.
const PATIENCE: u32 = 4;

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
        let Ok(bytes) = regular_file::read(path, MAX_BYTES) else {
            return Self::Unreadable;
        };
        Self::of(&bytes)
    }

    /// What these bytes are as the content of a file, of which they are all, or more than the limit.
    pub(super) fn of(bytes: &[u8]) -> Self {
        match bytes.trim_ascii_end() {
            b"" => Self::Empty,
            _ if bytes.len() > MAX_BYTES => Self::Other,
            word => AppMode::from_word(word).map_or(Self::Other, Self::Word),
        }
    }
}

/// Follows mode files for the life of the process.
///
/// `path` says which file is in force now, and `found` is told what it holds. The file is read by
/// one thread while another keeps the time: a read that does not come back, as from a network file
/// system whose server is gone, is a file that cannot be read.
pub(super) fn follow(
    path: impl Fn() -> Option<PathBuf> + Send + 'static,
    found: impl Fn(&Path, FileContent) + Send + 'static,
) -> std::io::Result<()> {
    follow_by(path, found, FileContent::read, || thread::sleep(PERIOD))
}

fn follow_by(
    path: impl Fn() -> Option<PathBuf> + Send + 'static,
    found: impl Fn(&Path, FileContent) + Send + 'static,
    read: impl Fn(&Path) -> FileContent + Send + 'static,
    pause: impl Fn() + Send + 'static,
) -> std::io::Result<()> {
    let (ask, asked) = mpsc::channel::<PathBuf>();
    let (answer, answered) = mpsc::channel();
    spawn("rf-mode-read", move || {
        for path in asked {
            let content = read(&path);
            if answer.send((path, content)).is_err() {
                return;
            }
        }
    })?;
    spawn("rf-mode-file", move || {
        // The periods since the read that is under way was asked for.
        let mut reading: Option<u32> = None;
        loop {
            pause();
            for (path, content) in answered.try_iter() {
                reading = None;
                found(&path, content);
            }
            reading = reading.map(|periods| periods.saturating_add(1));
            match (reading, path()) {
                // Also for a file that was named meanwhile: the reader does not come to it.
                (Some(PATIENCE..), Some(path)) => found(&path, FileContent::Unreadable),
                (None, Some(path)) => reading = ask.send(path).ok().map(|()| 0),
                _ => {}
            }
        }
    })
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

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

    /// What is found, of which the first read ends `periods` after it was asked for, each as long
    /// as `pause` says.
    fn found_while_a_read_takes(periods: u32, pause: Duration) -> Vec<FileContent> {
        let (turn, turned) = mpsc::channel();
        let (tell, told) = mpsc::channel();
        follow_by(
            || Some(PathBuf::from("mode")),
            move |_, content| tell.send(content).unwrap_or_default(),
            move |_| {
                for _ in 0..periods {
                    turned.recv().unwrap_or_default();
                }
                FileContent::Word(AppMode::Live)
            },
            move || {
                thread::sleep(pause);
                turn.send(()).unwrap_or_default();
            },
        )
        .unwrap();
        let mut found = vec![];
        while found.last() != Some(&FileContent::Word(AppMode::Live)) {
            found.push(told.recv_timeout(Duration::from_secs(20)).unwrap());
        }
        found
    }

    #[test]
    fn a_read_that_does_not_come_back_is_a_file_that_cannot_be_read() {
        let found = found_while_a_read_takes(PATIENCE + 3, Duration::from_millis(20));
        assert_eq!(found[0], FileContent::Unreadable);
    }

    #[test]
    fn a_process_that_was_stopped_meanwhile_has_read_no_other_word() {
        let found = found_while_a_read_takes(2, Duration::from_millis(700));
        assert_eq!(found, [FileContent::Word(AppMode::Live)]);
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
