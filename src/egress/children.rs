//! `EGRESS_ALLOW_CHILDREN`: the programs that may start while the network is blocked.

/// A parsed list of programs, separated by commas. An entry with a slash names that exact path; one
/// without names the program as it is called, and `node` also the Node.js that is running.
///
/// ```
/// use researchflow_core::egress::ChildList;
///
/// let list = ChildList::parse(b"/usr/bin/pandoc, node");
/// assert!(list.admits("/usr/bin/pandoc", false));
/// assert!(list.admits("/usr/local/bin/node", true));
/// assert!(!list.admits("pandoc", false));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChildList {
    programs: Vec<String>,
}

impl ChildList {
    /// Parses the list. Empty entries are passed over; text that is not UTF-8 admits nothing.
    pub fn parse(text: &[u8]) -> Self {
        Self {
            programs: text
                .split(|byte| *byte == b',')
                .map(<[u8]>::trim_ascii)
                .filter(|entry| !entry.is_empty())
                .filter_map(|entry| str::from_utf8(entry).ok().map(str::to_owned))
                .collect(),
        }
    }

    /// Whether the list names the program that is called as `file`. `this_node` says that `file`
    /// is the very Node.js that asks.
    pub fn admits(&self, file: &str, this_node: bool) -> bool {
        self.programs
            .iter()
            .any(|program| program == file || (this_node && program == "node"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admits_the_programs_that_are_named_and_no_namesake() {
        let cases: &[(&str, &str, bool, bool)] = &[
            ("", "git", false, false),
            (" , ,", "", false, false),
            ("git", "git", false, true),
            ("git", "/tmp/git", false, false),
            ("git", "gitk", false, false),
            ("/usr/bin/git", "git", false, false),
            ("/usr/bin/git", "/usr/bin/git", false, true),
            ("node", "/opt/node/bin/node", true, true),
            ("node", "/tmp/node", false, false),
            ("git, node", "node", false, true),
        ];
        for (list, file, this_node, admitted) in cases {
            let parsed = ChildList::parse(list.as_bytes());
            assert_eq!(parsed.admits(file, *this_node), *admitted, "{list} {file}");
        }
    }

    #[test]
    fn what_is_not_text_admits_nothing() {
        assert_eq!(ChildList::parse(b"\xff,\xfe"), ChildList::default());
    }
}
