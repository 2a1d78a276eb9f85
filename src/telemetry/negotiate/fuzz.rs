//! Properties of the choice among the forms of the metrics.

use super::{OFFERS, Range, UnknownFormat, View, queried, split, view};
use crate::fuzz::lines;

/// Input: a target, the value of `Accept`. The order of ranges makes no difference, nor does a range
/// that is none; and only `?format=` is refused.
pub(crate) fn accept(bytes: &[u8]) {
    let Some([target, accept]) = lines(bytes) else {
        return;
    };
    for preferred in OFFERS.map(|offer| offer.view) {
        let chosen = view(target, Some(accept), preferred);
        if let Some(name) = queried(target) {
            assert!(target.contains('?'));
            let offered = OFFERS.iter().find(|offer| name == offer.name.as_bytes());
            assert_eq!(chosen, offered.map(|offer| offer.view).ok_or(UnknownFormat));
            continue;
        }
        let reversed: Vec<&str> = split(accept, ',').collect();
        let reversed: Vec<&str> = reversed.into_iter().rev().collect();
        // A quotation mark that nothing closes takes in what stands behind it.
        if split(&reversed.join(","), ',').eq(reversed.iter().copied()) {
            assert_eq!(view(target, Some(&reversed.join(",")), preferred), chosen);
        }
        assert_eq!(
            view(target, Some(&format!("none, {accept}")), preferred),
            chosen
        );
        let refused = OFFERS
            .iter()
            .all(|offer| offer.quality(&ranges(accept)) == 0);
        if refused {
            assert_eq!(chosen, Ok(preferred));
        }
        assert!(ranges(accept).iter().all(|range| range.quality <= 1000));
        assert_eq!(
            view(target, None, preferred),
            view(target, Some(""), preferred)
        );
    }
    let _: View = view("/", Some(accept), View::Json).expect("a form is named by the query alone");
}

fn ranges(accept: &str) -> Vec<Range<'_>> {
    split(accept, ',').filter_map(Range::parse).collect()
}
