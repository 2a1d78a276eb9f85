//! Reading a small file that an operator names, without waiting for what is no file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Reads at most `limit` bytes and one more, which tells the caller that there is too much.
///
/// # Errors
///
/// When the file cannot be read, or is a pipe, a device or a directory.
pub(crate) fn read(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    // Looked at before it is opened, since opening a pipe waits for a writer and opening a device
    // may do something; and after, since another may have taken the name in between.
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let file = open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.open(path)
}
