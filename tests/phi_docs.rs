//! The examples of the documentation are what comes out.

use std::fs;
use std::path::Path;

use researchflow_core::phi;

/// The rows of the tables of `page` whose header is "| written | comes out |": what goes in, and what comes out.
fn examples(page: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let text = fs::read_to_string(path).expect("the page is there");
    text.split("| written | comes out |\n")
        .skip(1)
        .flat_map(|after| {
            after
                .lines()
                .skip(1)
                .take_while(|line| line.starts_with('|'))
        })
        .map(|line| {
            let cells = line.replace("\\|", "\u{0}");
            let cells: Vec<_> = cells.trim_matches('|').split('|').map(cell).collect();
            let [written, comes_out] = &cells[..] else {
                panic!("two cells in {line}");
            };
            let comes_out = if comes_out == "the same" {
                written
            } else {
                comes_out
            };
            (written.clone(), comes_out.clone())
        })
        .collect()
}

/// What is in the code of a cell. A line break is written as `⏎`, a tab as `⇥`.
fn cell(cell: &str) -> String {
    cell.trim()
        .trim_matches('`')
        .replace('\u{0}', "|")
        .replace('⏎', "\n")
        .replace('⇥', "\t")
}

#[test]
fn every_example_of_the_documentation_comes_out_as_it_says() {
    for (page, least) in [("docs/phi.md", 60), ("docs/operations/LOGGING.md", 12)] {
        let examples = examples(page);
        assert!(
            examples.len() >= least,
            "{} examples in {page}",
            examples.len()
        );
        for (written, comes_out) in examples {
            assert_eq!(phi::redact_text(&written), comes_out, "{page}: {written}");
            assert_eq!(
                phi::redact_text(&comes_out),
                comes_out,
                "{page}, again: {comes_out}"
            );
        }
    }
}
