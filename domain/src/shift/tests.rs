//! What a shift promises: the drawer's content follows from the entries, and a count is blind.

use super::*;
use crate::refund::{GivenBack, Original, VoidedSale};

fn euro() -> Currency {
    "EUR".parse().unwrap()
}

fn reason() -> Reason {
    "bank".parse().unwrap()
}

fn opened(float_minor: i64) -> Shift {
    let mut shift = Shift::default();
    let body = shift.open(euro(), float_minor, Some("7 Anna".to_owned())).unwrap();
    shift.add(&Event::ShiftOpened(body)).unwrap();
    shift
}

/// Cash of `amount_minor` leaves the drawer because a sale was voided.
fn void(amount_minor: i64) -> Event {
    Event::VoidSale(Box::new(VoidedSale {
        receipt_number: 2,
        original: Original { till: "eu/DE-0417/2".parse().unwrap(), receipt_number: 1 },
        currency: euro(),
        taxes: Vec::new(),
        total_minor: amount_minor,
        cash_rounding_minor: 0,
        given_back: vec![GivenBack::Cash { amount_minor }],
        vouchers: Vec::new(),
        reason: reason(),
        cashier: None,
    }))
}

fn counted(value_minor: i64, pieces: u32) -> Counted {
    Counted { value_minor, pieces }
}

#[test]
fn a_shift_from_float_to_count() {
    let mut shift = opened(20_000);
    for (direction, amount) in [(Direction::PaidIn, 5_000), (Direction::PaidOut, 1_250), (Direction::PickUp, 10_000)] {
        let body = shift.movement(direction, amount, reason(), None).unwrap();
        assert_eq!(body.check(), Ok(()));
        shift.add(&Event::CashMovement(body)).unwrap();
    }
    shift.add(&void(750)).unwrap();
    assert_eq!(shift.open_shift().unwrap().expected_minor(), Ok(13_000));
    // 130.00 is expected, 2 x 50 + 2 x 10 + 9.99 in minor units is there.
    let closed = shift.close(&[counted(5_000, 2), counted(1_000, 2), counted(200, 0), counted(1, 999)], None).unwrap();
    assert_eq!((closed.counted_minor, closed.expected_minor, closed.over_short_minor), (12_999, 13_000, -1));
    assert_eq!((closed.check(), closed.count.len(), closed.opened_by.as_deref()), (Ok(()), 3, Some("7 Anna")));
    let json = serde_json::to_string(&closed).unwrap();
    assert_eq!(serde_json::from_str::<ShiftClosed>(&json).unwrap(), closed);
    shift.add(&Event::ShiftClosed(closed)).unwrap();
    assert_eq!(shift, Shift::Closed { last: 1 });
    assert_eq!(shift.open(euro(), 0, None).unwrap().shift, 2);
}

#[test]
fn each_state_refuses_what_belongs_to_the_other() {
    let closed = Shift::default();
    assert_eq!(closed.close(&[], None), Err(ShiftError::NotOpen));
    assert_eq!(closed.movement(Direction::PaidIn, 1, reason(), None), Err(ShiftError::NotOpen));
    assert_eq!(opened(0).open(euro(), 0, None), Err(ShiftError::Open(1)));
    for float in [-1, AMOUNT_MAX_MINOR + 1, i64::MIN] {
        assert!(matches!(closed.open(euro(), float, None), Err(ShiftError::Amount(_))), "{float}");
    }
    for amount in [0, -1, AMOUNT_MAX_MINOR + 1] {
        let refused = opened(100).movement(Direction::PaidIn, amount, reason(), None);
        assert!(matches!(refused, Err(ShiftError::Amount(_))), "{amount}");
    }
}

#[test]
fn cash_outside_a_shift_moves_nothing() {
    let mut shift = Shift::Closed { last: 4 };
    shift.add(&void(750)).unwrap();
    assert_eq!(shift, Shift::Closed { last: 4 });
}

#[test]
fn a_refusal_does_not_tell_what_is_in_the_drawer() {
    let shift = opened(12_345);
    for direction in [Direction::PaidOut, Direction::PickUp] {
        let message = shift.movement(direction, 12_346, reason(), None).unwrap_err().to_string();
        assert_eq!(message, "there cannot be 123.46 EUR in the drawer: check the amount");
        assert!(shift.movement(direction, 12_345, reason(), None).is_ok());
    }
}

#[test]
fn what_is_no_note_or_coin_or_too_many_is_refused() {
    let shift = opened(0);
    let refused = |count: &[Counted]| shift.close(count, None).unwrap_err();
    let euros = |minor| Money::new(minor, euro());
    assert_eq!(refused(&[counted(300, 1)]), ShiftError::Denomination(euros(300)));
    assert_eq!(refused(&[counted(-500, 1)]), ShiftError::Denomination(euros(-500)));
    assert_eq!(refused(&[counted(500, 1), counted(500, 1)]), ShiftError::Pieces(euros(500)));
    assert_eq!(refused(&[counted(500, 40_063_813)]), ShiftError::Pieces(euros(500)));
    let mut wrong = shift.close(&[counted(500, 1)], None).unwrap();
    wrong.counted_minor += 1;
    assert!(wrong.check().is_err());
    assert!(shift.close(&[], None).unwrap().check().is_ok());
}

#[test]
fn every_list_of_notes_and_coins_is_sorted_and_all_others_count_minor_units() {
    for code in ["CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "MXN", "NOK", "SEK", "USD"] {
        let values = denominations(code.parse().unwrap());
        assert!(values.len() > 1 && values.windows(2).all(|pair| pair[0] > pair[1]), "{code}");
    }
    assert_eq!(denominations("JPY".parse().unwrap()), [1]);
}
