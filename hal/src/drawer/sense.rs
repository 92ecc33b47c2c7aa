//! What a drawer's sensor says, and how an opening is confirmed by it.

use crate::deadline::Deadline;
use crate::device::{Failure, Outcome};
use std::thread;
use std::time::Duration;

/// A drawer springs open within a fraction of a second, or it does not.
const OPENING_MAX: Duration = Duration::from_secs(1);
/// Between two looks: even someone who shuts it at once is seen to have had it open.
const LOOK: Duration = Duration::from_millis(50);

/// What the sensor's level means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DrawerSense {
    /// There is no sensor, or nobody knows what it means.
    #[default]
    None,
    /// A high level is an open drawer.
    OpenIsHigh,
    /// A low level is an open drawer.
    OpenIsLow,
}

impl DrawerSense {
    /// Whether the drawer is open when its sensor's line is `high`.
    pub fn is_open(self, high: bool) -> Option<bool> {
        match self {
            DrawerSense::None => None,
            DrawerSense::OpenIsHigh => Some(high),
            DrawerSense::OpenIsLow => Some(!high),
        }
    }
}

/// Looks whether a drawer that was kicked has opened, until it has, for a second at most.
///
/// One that still says shut is [`Outcome::Unknown`] and not failed: a pulse did leave the till, and a sensor whose wire is
/// missing, or whose sense is set the wrong way round, says the same of a drawer that stands open. Someone has to look.
pub(crate) fn confirm_open(
    deadline: Deadline,
    mut is_open: impl FnMut(Deadline) -> Result<Option<bool>, Failure>,
) -> Outcome {
    let opening = deadline.at_most(OPENING_MAX);
    loop {
        match is_open(deadline) {
            Ok(Some(true) | None) => return Outcome::Done,
            Ok(Some(false)) => {}
            Err(failure) => {
                return Outcome::Unknown(format!("the drawer was kicked and its sensor cannot be read: {failure}"));
            }
        }
        match opening.left() {
            Some(left) if left > LOOK => thread::sleep(LOOK),
            _ => {
                let sentence = "the drawer was kicked and its sensor says it is still shut: is it locked or stuck?";
                return Outcome::Unknown(sentence.to_owned());
            }
        }
    }
}
