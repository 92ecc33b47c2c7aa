//! What scales send, read as weighings.

use super::dialog06::{self, Reply};
use super::{Answer, AnswerError, continuous, toledo};
use crate::device::{Weighing, WeightUnit};
use proptest::prelude::*;

const KG: WeightUnit = WeightUnit::Kilogram;

fn toledo(bytes: &[u8]) -> Option<Result<Weighing, AnswerError>> {
    read(toledo::answer(bytes, KG, 3))
}

fn read(answer: Answer) -> Option<Result<Weighing, AnswerError>> {
    answer.map(|(answer, _)| answer)
}

fn stable(thousandths: u32) -> Option<Result<Weighing, AnswerError>> {
    Some(Ok(Weighing::Stable { thousandths, unit: KG }))
}

#[test]
fn a_toledo_weight_has_its_point_sent_or_implied() {
    assert_eq!(toledo(b"\x0200450\r"), stable(450));
    assert_eq!(toledo(b"\x0200.450\r"), stable(450));
    assert_eq!(toledo(b"\x02000.45\r"), stable(450));
    assert_eq!(toledo(b"\x02 0.450N\r"), stable(450));
    assert_eq!(toledo(b"\x02012345\r"), stable(12_345));
    assert_eq!(toledo(b"\x0200000\r"), Some(Ok(Weighing::Empty)));
    assert_eq!(read(toledo::answer(b"\x0200123\r", WeightUnit::Pound, 2)).map(|answer| answer.is_ok()), Some(true));
}

#[test]
fn a_toledo_status_says_why_there_is_no_weight() {
    for (status, weighing) in [
        (0x41, Weighing::Moving),
        (0x42, Weighing::TooHeavy),
        (0x02, Weighing::TooHeavy),
        (0x44, Weighing::BelowZero),
        (0x0D, Weighing::BelowZero),
        (0x50, Weighing::Empty),
    ] {
        assert_eq!(toledo(&[0x02, b'?', status, b'\r']), Some(Ok(weighing)), "{status:#x}");
    }
    assert_eq!(toledo(b"\x02?\x48\r"), Some(Err(AnswerError::State(0x48))));
    assert_eq!(toledo(b"\x02?\xC1\r"), None, "a byte whose parity was not taken off");
}

#[test]
fn half_answers_are_none_and_garbage_is_passed_over() {
    let answers: [&[u8]; 9] = [
        b"",
        b"\x02",
        b"\x020045",
        b"00450\r",
        b"\x020045\r",
        b"\x020045000\r",
        b"\x0200.4.5\r",
        b"\x02004\x0050\r",
        b"\x02-0450\r",
    ];
    for half in answers {
        assert_eq!(toledo(half), None, "{}", half.escape_ascii());
    }
    assert_eq!(toledo(b"\xff\x020\x02004\x0200450\r"), stable(450));
}

#[test]
fn a_dialogue_result_is_a_weight_when_its_price_and_amount_are_right() {
    let result = |record: &[u8]| dialog06::result(record, 1_000);
    assert_eq!(Some(result(b"02\x1b3\x1b00450\x1b001000\x1b000450")), stable(450));
    for wrong in [
        b"02\x1b3\x1b00450\x1b001001\x1b000450".as_slice(),
        b"02\x1b3\x1b00450\x1b001000\x1b000452",
        b"02\x1b1\x1b00450\x1b001000\x1b000450",
        b"02\x1b3\x1b0450\x1b001000\x1b000450",
        b"02\x1b3\x1b00450\x1b001000",
        b"09\x1b20",
        b"",
    ] {
        assert!(matches!(result(wrong), Err(AnswerError::Other(_))), "{}", wrong.escape_ascii());
    }
    assert_eq!(dialog06::unexpected(b"11\x1b247"), AnswerError::Checksum);
    assert_eq!(dialog06::price_record(1_000), b"\x04\x0201\x1b001000\x1b\x03");
}

#[test]
fn a_dialogue_state_is_a_weighing_or_says_what_is_wrong() {
    assert_eq!(dialog06::state(b"09\x1b20"), Ok(Weighing::Moving));
    assert_eq!(dialog06::state(b"09\x1b21"), Err(AnswerError::NotMoved));
    assert_eq!(dialog06::state(b"09\x1b30"), Ok(Weighing::Empty));
    assert_eq!(dialog06::state(b"09\x1b31"), Ok(Weighing::BelowZero));
    assert_eq!(dialog06::state(b"09\x1b32"), Ok(Weighing::TooHeavy));
    assert_eq!(dialog06::state(b"09\x1b11"), Err(AnswerError::State(11)));
    assert_eq!(dialog06::reply(b"\x0202\x1b\x0209\x1b20\x03"), Some((Reply::Record(b"09\x1b20".to_vec()), 11)));
    assert_eq!(dialog06::reply(b"\x0209\x1b20"), None);
}

#[test]
fn a_continuous_line_counts_when_it_began_after_the_question() {
    let answer = |bytes: &[u8]| read(continuous::answer(bytes));
    assert_eq!(answer(b"ST,GS,+  0.450kg\r\n"), None, "it may be older");
    assert_eq!(answer(b"9kg\r\nST,GS,+  0.450kg\r\n"), stable(450));
    assert_eq!(answer(b"\r\nST,GS,+0000.450kg\r\n"), stable(450));
    assert_eq!(answer(b"\r\nUS,GS,+  0.450kg\r\n"), Some(Ok(Weighing::Moving)));
    assert_eq!(answer(b"\r\nST,GS,-  0.450kg\r\n"), Some(Ok(Weighing::BelowZero)));
    assert_eq!(answer(b"\r\nST,GS,+  0.000kg\r\n"), Some(Ok(Weighing::Empty)));
    assert_eq!(answer(b"\r\nOL,GS,+9999999kg\r\n"), Some(Ok(Weighing::TooHeavy)));
    assert_eq!(answer(b"\r\nST,GS,+  0.450pc\r\nST,GS,+ 0 450kg\r\nST,GS,+0.450kg\r\n"), None);
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect()
}

proptest! {
    /// Half of the bytes are the protocols' own, so that answers come about.
    #[test]
    fn no_bytes_panic_and_no_weight_comes_from_elsewhere(
        bytes in proptest::collection::vec(
            prop_oneof![any::<u8>(), proptest::sample::select(b"\x02\x03\x1b\r\n?.,0123456789 STGSUNOLkg+-".to_vec())],
            0..300,
        ),
        price in 1_u32..=999_999,
    ) {
        let mut answers = vec![toledo(&bytes), read(continuous::answer(&bytes))];
        answers.push(Some(dialog06::result(&bytes, price)));
        let _ = dialog06::state(&bytes);
        if let Some((_, end)) = dialog06::reply(&bytes) {
            prop_assert!(end <= bytes.len());
        }
        for answer in answers.into_iter().flatten() {
            if let Ok(Weighing::Stable { thousandths, .. }) = answer {
                let said = thousandths.to_string();
                let said = said.trim_end_matches('0');
                prop_assert!(digits(&bytes).contains(said), "{thousandths} of {}", bytes.escape_ascii());
            }
        }
    }

    #[test]
    fn every_weight_comes_back_and_no_spoilt_byte_makes_another_one(
        weight in 1_u32..=99_999, price in 1_000_u32..=9_999, at in 0_usize..40, byte in any::<u8>(),
    ) {
        let amount = (u64::from(weight) * u64::from(price) + 500) / 1_000;
        prop_assume!(amount <= 999_999);
        let mut record = format!("02\x1b3\x1b{weight:05}\x1b{price:06}\x1b{amount:06}").into_bytes();
        prop_assert_eq!(Some(dialog06::result(&record, price)), stable(weight));
        let length = record.len();
        record[at % length] = byte;
        if let Ok(Weighing::Stable { thousandths, .. }) = dialog06::result(&record, price) {
            // At such prices a gram is at least one minor unit, which is what makers may differ by.
            prop_assert!(thousandths.abs_diff(weight) <= 2);
        }
    }
}
