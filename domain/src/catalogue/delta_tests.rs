//! What a delta promises: it leads to the very book that it was made from, or leaves the till's as it is.

use super::tests::parse;
use super::*;
use proptest::prelude::*;

fn book(version: u64, items: &[(u8, i64)]) -> PriceBook {
    let item =
        |(plu, price): &(u8, i64)| format!(r#"{{"plu":"{plu}","name":"Item {plu}","price_minor":{price},"tax":"T"}}"#);
    parse(version, &items.iter().map(item).collect::<Vec<_>>().join(",")).unwrap()
}

#[test]
fn a_delta_that_does_not_fit_is_refused_with_what_to_do() {
    let (old, new) = (book(3, &[(1, 100), (2, 200)]), book(5, &[(1, 150), (3, 300)]));
    let delta = Delta::between(&old, &new);
    assert_eq!((delta.upsert.len(), delta.remove.as_slice()), (2, ["2".to_owned()].as_slice()));
    assert_eq!(old.apply(&delta), Ok(new.clone()));
    let again = new.apply(&delta).unwrap_err();
    assert_eq!(again.to_string(), "the delta is from version 3 to 5, and the till has 5: ask for the one from 5");
    assert!(matches!(old.apply(&Delta { to: 3, ..delta.clone() }), Err(DeltaError::Backwards { .. })));
    let gone = Delta { remove: vec!["9".to_owned()], ..delta.clone() };
    assert_eq!(old.apply(&gone), Err(DeltaError::NoItem("9".to_owned())));
    let mut broken = delta;
    broken.upsert[0].price_minor = -1;
    assert!(matches!(old.apply(&broken), Err(DeltaError::Mistakes(_))));
}

proptest! {
    #[test]
    fn a_delta_leads_to_the_book_that_it_was_made_from(
        old in prop::collection::btree_map(0u8..20, 0i64..1_000, 1..15),
        new in prop::collection::btree_map(0u8..20, 0i64..1_000, 1..15),
    ) {
        let items = |map: std::collections::BTreeMap<u8, i64>| map.into_iter().collect::<Vec<_>>();
        let (old, new) = (book(1, &items(old)), book(2, &items(new)));
        let json = serde_json::to_string(&Delta::between(&old, &new)).unwrap();
        let applied = old.apply(&serde_json::from_str(&json).unwrap()).unwrap();
        // Items that are new stand at the end.
        let sorted = |book: &PriceBook| {
            let mut items = book.items().to_vec();
            items.sort_by_key(Item::code);
            items
        };
        prop_assert_eq!(applied.version, 2);
        prop_assert_eq!(sorted(&applied), sorted(&new));
        for item in new.items() {
            prop_assert_eq!(applied.by_code(&item.code()), Some(item));
        }
    }
}
