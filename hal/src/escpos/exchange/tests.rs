//! Answers in an order that chance seldom gives: a printer that is a script, byte by byte.

use super::*;
use crate::transport::Transport;
use std::collections::VecDeque;

/// What a printer is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// `DLE EOT n`.
    Status(u8),
    /// A job with `GS r 1` behind it, or that alone.
    Job,
    /// `DLE DC4 8`.
    Clear,
    /// `DLE DC4 1`.
    PulseAtOnce,
}

/// A printer that answers as its script says. What it said waits beyond the end of a session, as on a serial line.
struct Scripted<F> {
    script: F,
    said: VecDeque<u8>,
}

impl<F: FnMut(Asked) -> Vec<u8> + Send> Transport for Scripted<F> {
    fn open(&mut self, _deadline: Deadline) -> Result<(), Failure> {
        Ok(())
    }

    fn write(&mut self, bytes: &[u8], _deadline: Deadline) -> Result<(), WriteError> {
        let asked = match bytes {
            [command::DLE, command::EOT, n] => Asked::Status(*n),
            bytes if bytes == command::CLEAR_BUFFER => Asked::Clear,
            [command::DLE, command::DC4, 1, _, _] => Asked::PulseAtOnce,
            _ => Asked::Job,
        };
        self.said.extend((self.script)(asked));
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, Failure> {
        let Some(byte) = self.said.pop_front() else {
            std::thread::sleep(deadline.left().unwrap_or_default());
            return Err(Failure::new(FailureKind::NoAnswer, "the script says nothing"));
        };
        buffer[0] = byte;
        Ok(1)
    }

    fn can_answer(&self) -> bool {
        true
    }

    fn close(&mut self) {}
}

/// The drawer stands open, so that the first answer differs from the others.
const WELL: [u8; 5] = [0, 0x16, 0x12, 0x12, 0x12];
const PROCESSED: u8 = 0;
const CLEARED: [u8; 3] = [0x37, 0x25, 0x00];

fn link(script: impl FnMut(Asked) -> Vec<u8> + Send + 'static) -> PrinterLink {
    PrinterLink::new(Scripted { script, said: VecDeque::new() })
}

fn print_on(link: &PrinterLink) -> Outcome {
    print(link, &Profile::MM_80, b"job\n", Deadline::after(Duration::from_secs(2)))
}

fn failed(outcome: &Outcome) -> Option<FailureKind> {
    match outcome {
        Outcome::Failed(failure) => Some(failure.kind),
        _ => None,
    }
}

#[test]
fn the_answer_that_is_overtaken_by_the_confirmation_is_not_the_next_ones() {
    let mut jobs = 0;
    let link = link(move |asked| match asked {
        // The fence is answered at once, the job only when the driver asks what holds it up.
        Asked::Job => {
            jobs += 1;
            if jobs == 2 { vec![] } else { vec![PROCESSED] }
        }
        Asked::Status(2) if jobs == 2 => vec![PROCESSED, WELL[2]],
        Asked::Status(n) => vec![WELL[usize::from(n)]],
        Asked::Clear => CLEARED.to_vec(),
        Asked::PulseAtOnce => vec![],
    });
    assert_eq!(print_on(&link), Outcome::Done);
    assert_eq!(print_on(&link), Outcome::Done, "an open drawer is no open cover");
}

#[test]
fn an_answer_to_another_question_is_none() {
    let link = link(|asked| match asked {
        Asked::Status(_) => vec![PROCESSED, 0x14, 0, 0, 0x0F, 0x37, 0x25],
        _ => vec![0x12],
    });
    assert_eq!(failed(&print_on(&link)), Some(FailureKind::NoAnswer));
}

#[test]
fn a_confirmation_of_the_earlier_job_does_not_confirm_the_next() {
    let mut jobs = 0;
    let link = link(move |asked| match asked {
        Asked::Status(n) => vec![WELL[usize::from(n)]],
        Asked::Job => {
            jobs += 1;
            match jobs {
                // Fence and job of the first receipt, whose answer comes only when the next fence is asked for.
                1 => vec![PROCESSED],
                2 => vec![],
                3 => vec![PROCESSED, PROCESSED],
                // The second receipt is never confirmed.
                _ => vec![],
            }
        }
        // A cheap printer, whose profile is wrong.
        Asked::Clear | Asked::PulseAtOnce => vec![],
    });
    assert!(matches!(print_on(&link), Outcome::Unknown(_)));
    assert!(matches!(print_on(&link), Outcome::Unknown(_)), "it was the answer to what was asked before");
}

#[test]
fn a_printer_that_cannot_clear_prints_all_the_same_and_says_that_the_rest_may_come() {
    let mut jobs = 0;
    let link = link(move |asked| match asked {
        Asked::Job => {
            jobs += 1;
            if jobs == 3 { vec![] } else { vec![PROCESSED] }
        }
        Asked::Status(2) if jobs == 3 => vec![0x32],
        Asked::Status(n) => vec![WELL[usize::from(n)]],
        Asked::Clear | Asked::PulseAtOnce => vec![],
    });
    assert_eq!(print_on(&link), Outcome::Done);
    let outcome = print_on(&link);
    assert!(matches!(&outcome, Outcome::Unknown(why) if why.contains("the rest may still come out")), "{outcome}");
}

#[test]
fn a_drawer_neither_waits_for_a_receipt_that_still_prints_nor_puts_an_end_to_it() {
    let (heard, hears) = std::sync::mpsc::channel();
    let link = link(move |asked| {
        let _ = heard.send(asked);
        match asked {
            Asked::Status(n) => vec![WELL[usize::from(n)]],
            Asked::Clear => CLEARED.to_vec(),
            // Never done.
            Asked::Job | Asked::PulseAtOnce => vec![],
        }
    });
    let pulse = Kick { in_order: &[0x1B, b'p', 0, 50, 200], at_once: Some(&[0x10, 0x14, 1, 0, 1]) };
    let outcome = kick(&link, &Profile::MM_80, &pulse, Deadline::after(Duration::from_secs(3)), |_| Outcome::Done);
    assert_eq!(outcome, Outcome::Done);
    let asked: Vec<Asked> = hears.try_iter().filter(|asked| !matches!(asked, Asked::Status(_))).collect();
    assert_eq!(asked, [Asked::PulseAtOnce], "a link that is new may lead to a printer that is still printing");
}
