//! What a printer may answer: every byte is taken, little is held, and a status says the same when it is said again.
#![no_main]

use evertill_hal::PrinterStatus;
use evertill_hal::escpos::{Answer, Answers, status};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut answers = Answers::default();
    let mut told = PrinterStatus::default();
    for (place, byte) in bytes.iter().enumerate() {
        match answers.take(*byte) {
            Some(Answer::RealTime(byte)) => {
                for question in 1..=4 {
                    status::note(&mut told, question, byte);
                }
            }
            Some(Answer::Automatic(frame)) => {
                // The first answer may contradict itself, as no printer's does; said once more, it stays the same.
                let again = |said| status::automatic(status::automatic_answer(&said));
                let said = again(status::automatic(frame));
                assert_eq!(again(said), said, "at {place}");
            }
            Some(Answer::Ordered(byte)) => {
                let _ = status::ordered_paper_out(byte);
            }
            Some(Answer::Cleared) | None => {}
        }
    }
    let _ = told.blocker();
});
