use std::fmt;

/// Why the kernel level is not in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelError {
    what: &'static str,
    code: Option<i32>,
}

impl KernelError {
    /// `code` is the number of the operating system's error, if there was one.
    pub(super) fn new(what: &'static str, code: Option<i32>) -> Self {
        Self { what, code }
    }

    /// The number of the operating system's error; 0 when there was none.
    pub fn code(&self) -> i32 {
        self.code.unwrap_or(0)
    }
}

impl fmt::Display for KernelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the kernel level of the egress guard is not available: {}",
            self.what
        )?;
        match self.code {
            Some(code) => write!(f, " (error {code})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for KernelError {}
