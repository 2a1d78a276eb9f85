//! Searches of FHIR, whose parameters may have a modifier: `Patient?family:exact=…`.

/// Whether the word from `start` to `end` is a modifier (R4, 3.1.1.4.4) of a parameter that begins after `floor`.
pub(super) fn is_before(text: &[u8], start: usize, end: usize, floor: usize) -> bool {
    const MODIFIERS: [&[u8]; 12] = [
        b"exact",
        b"contains",
        b"missing",
        b"text",
        b"not",
        b"in",
        b"not-in",
        b"above",
        b"below",
        b"of-type",
        b"identifier",
        b"iterate",
    ];
    start > floor && text[start - 1] == b':' && MODIFIERS.contains(&&text[start..end])
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn a_parameter_of_a_search_is_known_before_its_modifier() {
        for (text, expected) in [
            (
                "GET /Patient?mrn:exact=E0289914&_count=10",
                "GET /Patient?mrn:exact=[mrn]&_count=10",
            ),
            (
                "Patient?last_name:contains=Ng&active:not=true",
                "Patient?last_name:contains=[name]&active:not=true",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        let text = "Task?status:not=done&limit:exact=1048576";
        assert_eq!(redact_text(text), text);
    }
}
