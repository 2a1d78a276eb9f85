//! The variables that decide the mode, read from the environment of the process.

#[cfg(target_os = "linux")]
use std::ffi::{CStr, c_char};
use std::path::PathBuf;

/// The values of the variables, as bytes. Empty is the same as not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// `ROS_MODE`.
    pub ros_mode: Vec<u8>,
    /// `GOVERNANCE_MODE`.
    pub governance_mode: Vec<u8>,
    /// `NO_NETWORK`.
    pub no_network: Vec<u8>,
    /// `MOCK_ONLY`.
    pub mock_only: Vec<u8>,
    /// `ALLOW_UPLOADS`.
    pub allow_uploads: Vec<u8>,
    /// `STRICT_PHI_ON_UPLOAD`.
    pub strict_phi_on_upload: Vec<u8>,
    /// `ROS_MODE_FILE`.
    pub ros_mode_file: Vec<u8>,
    /// `EGRESS_ALLOW`.
    pub egress_allow: Vec<u8>,
    /// `EGRESS_ALLOW_CHILDREN`.
    pub egress_allow_children: Vec<u8>,
}

const NAMES: [&[u8]; 9] = [
    b"ROS_MODE",
    b"GOVERNANCE_MODE",
    b"NO_NETWORK",
    b"MOCK_ONLY",
    b"ALLOW_UPLOADS",
    b"STRICT_PHI_ON_UPLOAD",
    b"ROS_MODE_FILE",
    b"EGRESS_ALLOW",
    b"EGRESS_ALLOW_CHILDREN",
];

impl Inputs {
    /// The file that `ROS_MODE_FILE` names.
    pub fn mode_file(&self) -> Option<PathBuf> {
        if self.ros_mode_file.is_empty() {
            return None;
        }
        #[cfg(unix)]
        let path = std::os::unix::ffi::OsStrExt::from_bytes(self.ros_mode_file.as_slice());
        #[cfg(unix)]
        let path: &std::ffi::OsStr = path;
        #[cfg(not(unix))]
        let path = String::from_utf8_lossy(&self.ros_mode_file).into_owned();
        Some(PathBuf::from(path))
    }

    /// Sets the variable called `name`; another name is not one of the inputs and changes nothing.
    pub fn set(&mut self, name: &str, value: &[u8]) {
        if let Some(slot) = NAMES.iter().position(|known| *known == name.as_bytes()) {
            value.clone_into(self.slots_mut()[slot]);
        }
    }

    /// Reads the environment when it differs from `self`; `None` when nothing changed.
    ///
    /// One pass over the environment and no allocation when nothing changed, since every gated
    /// call asks this.
    ///
    /// # Safety
    ///
    /// No other thread may change the environment meanwhile. Node changes it only on the thread
    /// that runs the main program, so that thread may call this and no other.
    #[cfg(target_os = "linux")]
    pub(super) unsafe fn changed(&self) -> Option<Self> {
        unsafe extern "C" {
            static mut environ: *const *const c_char;
        }
        let mut seen = [None; NAMES.len()];
        // SAFETY: `environ` is a null-terminated array of C strings, and the caller promises that
        // nobody changes it while it is read.
        unsafe {
            let mut entry = environ;
            while !entry.is_null() && !(*entry).is_null() {
                if let Some(slot) = slot_of(*entry) {
                    let value = (*entry).add(NAMES[slot].len() + 1);
                    // As `getenv` does, the first entry of a name counts.
                    seen[slot].get_or_insert_with(|| CStr::from_ptr(value).to_bytes());
                }
                entry = entry.add(1);
            }
        }
        // Nothing is compared with nothing by asking for its length: comparing no bytes at a
        // dangling address takes glibc's vector code 100 ns.
        let same = self.slots().iter().zip(&seen).all(|(known, now)| {
            now.map_or(0, <[u8]>::len) == known.len()
                && now.is_none_or(|now| now.is_empty() || now == known.as_slice())
        });
        if same {
            return None;
        }
        let mut inputs = Self::default();
        for (slot, now) in inputs.slots_mut().into_iter().zip(seen) {
            now.unwrap_or_default().clone_into(slot);
        }
        Some(inputs)
    }

    /// Reads the environment when it differs from `self`; `None` when nothing changed.
    ///
    /// # Safety
    ///
    /// As on Linux.
    #[cfg(not(target_os = "linux"))]
    pub(super) unsafe fn changed(&self) -> Option<Self> {
        let mut inputs = Self::default();
        for name in NAMES {
            let name = str::from_utf8(name).expect("names are ASCII");
            if let Some(value) = std::env::var_os(name) {
                inputs.set(name, value.as_encoded_bytes());
            }
        }
        (inputs != *self).then_some(inputs)
    }

    fn slots(&self) -> [&Vec<u8>; NAMES.len()] {
        [
            &self.ros_mode,
            &self.governance_mode,
            &self.no_network,
            &self.mock_only,
            &self.allow_uploads,
            &self.strict_phi_on_upload,
            &self.ros_mode_file,
            &self.egress_allow,
            &self.egress_allow_children,
        ]
    }

    fn slots_mut(&mut self) -> [&mut Vec<u8>; NAMES.len()] {
        [
            &mut self.ros_mode,
            &mut self.governance_mode,
            &mut self.no_network,
            &mut self.mock_only,
            &mut self.allow_uploads,
            &mut self.strict_phi_on_upload,
            &mut self.ros_mode_file,
            &mut self.egress_allow,
            &mut self.egress_allow_children,
        ]
    }
}

/// Which of the inputs a `NAME=value` entry is, without looking further than it must.
///
/// # Safety
///
/// `entry` is a C string.
#[cfg(target_os = "linux")]
unsafe fn slot_of(entry: *const c_char) -> Option<usize> {
    // SAFETY: a byte is read only when all before it were not the terminator.
    let byte = |index: usize| unsafe { *entry.cast::<u8>().add(index) };
    let candidate = |name: &&[u8]| {
        name.iter()
            .enumerate()
            .all(|(index, expected)| byte(index) == *expected)
            && byte(name.len()) == b'='
    };
    match byte(0) {
        b'R' | b'G' | b'N' | b'M' | b'A' | b'S' | b'E' => NAMES.iter().position(candidate),
        _ => None,
    }
}
