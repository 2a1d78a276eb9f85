//! Yes-or-no variables. A flag that protects is on unless it is clearly off; a flag that permits
//! is off unless it is clearly on.

const NO: [&str; 6] = ["0", "false", "f", "no", "n", "off"];
const YES: [&str; 6] = ["1", "true", "t", "yes", "y", "on"];

/// How a flag's value was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flag {
    pub(super) on: bool,
    /// The value was neither a yes word nor a no word.
    pub(super) odd: bool,
}

/// A flag that protects: on for anything but a no word. `unset` is its state when empty.
pub(super) fn protective(value: &[u8], unset: bool) -> Flag {
    if value.is_empty() {
        return Flag {
            on: unset,
            odd: false,
        };
    }
    let no = is_one_of(value, &NO);
    Flag {
        on: !no,
        odd: !no && !is_one_of(value, &YES),
    }
}

/// A flag that permits: on for a yes word only.
pub(super) fn permissive(value: &[u8]) -> Flag {
    let yes = is_one_of(value, &YES);
    Flag {
        on: yes,
        odd: !value.is_empty() && !yes && !is_one_of(value, &NO),
    }
}

fn is_one_of(value: &[u8], words: &[&str]) -> bool {
    words
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
}
