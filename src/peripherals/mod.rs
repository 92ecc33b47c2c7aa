//! The devices of the till: a worker each, fed from the journal, never waited for by a sale.
//!
//! | room | what |
//! |---|---|
//! | [`document`] | a receipt of the domain as a document of the hal |
//! | [`connect`] | drivers from the configuration |
//! | [`print_queue`] | print jobs from the journal, one after the other |
//! | [`drawer`], [`drawer_watch`] | pulses, never replayed; the lid |
//! | [`scans`] | the scanner's feed |
//! | [`display`] | the customer's line display |
//! | [`scale`] | weights, when they are asked for |
//! | [`look`] | each device asked how it is, and what is plugged in |
//! | [`test_page`] | what a printer can do, on one page |
//! | [`state`] | what is known of each device |
//! | [`draw`] | a receipt as a picture |

pub mod connect;
pub mod display;
pub mod document;
pub mod draw;
pub mod drawer;
pub mod drawer_watch;
mod look;
pub mod print_queue;
pub mod scale;
pub mod scans;
mod state;
pub mod test_page;

pub use connect::{ConnectError, Described, Devices, SharedDrawer, connect};
pub use look::{Look, PluggedIn, look, plugged_in};
pub use state::{Board, DeviceState, Kinds, PaperInDoubt, States, state_of};

use evertill_hal::Outcome;
use std::time::Duration;

/// A whole receipt, from the first byte to the printer's word that it is done.
pub const PRINT_DEADLINE: Duration = Duration::from_secs(15);
/// A pulse, with the connection before it.
pub const DRAWER_DEADLINE: Duration = Duration::from_secs(3);
/// A question for the printer's state.
pub const STATUS_DEADLINE: Duration = Duration::from_secs(2);
/// Two lines on the customer's display.
pub const DISPLAY_DEADLINE: Duration = Duration::from_secs(2);
/// One question to the scale.
pub const SCALE_DEADLINE: Duration = Duration::from_secs(1);
/// How long goods on the scale may take to come to rest.
pub const SCALE_PATIENCE: Duration = Duration::from_secs(4);
/// One look at the scanner; the next follows at once.
pub const SCAN_DEADLINE: Duration = Duration::from_secs(1);

/// Whether a device confirmed what it was asked to do.
pub fn is_done(outcome: &Outcome) -> bool {
    *outcome == Outcome::Done
}
