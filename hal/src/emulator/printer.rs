//! A receipt printer on TCP or on a serial line: it interprets ESC/POS, draws the paper, kicks its drawer, and breaks when
//! told to.
//!
//! It behaves as the printers do that it stands for. It serves one connection at a time. Real-time commands are obeyed as
//! they are received, all others in their order; with the paper out or the cover open the latter wait in the receive
//! buffer, beyond the connection's end, and are printed when the fault is mended, unless they are cleared (`DLE DC4 8`).
//! That is why a job without a confirmation is unknown and never failed.

mod faults;
mod intake;
mod mouth;
mod plug;
mod works;

pub use faults::Faults;

use super::pty::SerialPlug;
use crate::device::{PaperLevel, PrinterStatus};
use crate::escpos::{Interpreter, Profile};
use crate::render::Paper;
use plug::Plug;
use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use works::Works;

/// Sheets that are kept; older ones are thrown away, as under a real counter.
const SHEETS_KEPT_MAX: usize = 256;
/// The printer looks at its faults many times a second; whoever changes them waits this long at most until it has.
const HEED_MAX: Duration = Duration::from_secs(5);

/// A pulse that went to the drawer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PulseSeen {
    /// 0 for the connector's pin 2, 1 for pin 5.
    pub connector: u8,
    /// How long current flowed, in milliseconds.
    pub on_ms: u16,
}

/// The printer, with a drawer that drives pin 3 high when it is open. It is switched off when it is dropped.
#[derive(Debug)]
pub struct EmulatedPrinter {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    off: AtomicBool,
    switches: Mutex<Switches>,
    heeded: Condvar,
    mechanics: Mutex<Mechanics>,
}

#[derive(Debug, Default)]
struct Switches {
    faults: Faults,
    /// How often they were set, and up to which time the printer has seen them.
    set: u64,
    seen: u64,
}

/// What moves.
#[derive(Debug)]
struct Mechanics {
    interpreter: Interpreter,
    sheets: VecDeque<Paper>,
    printed: u64,
    pulses: Vec<PulseSeen>,
    drawer_open: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl EmulatedPrinter {
    /// Switches a printer of `profile` on, at `address`; port 0 takes a free one.
    pub fn start(address: SocketAddr, profile: &Profile) -> io::Result<EmulatedPrinter> {
        let (plug, address) = Plug::network(address)?;
        EmulatedPrinter::run(plug, address, profile)
    }

    /// Switches a printer of `profile` on, at a serial line that is plugged in at `link`, a path that must not exist yet.
    pub fn plugged_in(link: impl Into<PathBuf>, profile: &Profile) -> io::Result<EmulatedPrinter> {
        let plug = SerialPlug::plugged_in(link)?;
        EmulatedPrinter::run(Plug::serial(plug), (Ipv4Addr::UNSPECIFIED, 0).into(), profile)
    }

    fn run(plug: Plug, address: SocketAddr, profile: &Profile) -> io::Result<EmulatedPrinter> {
        let mechanics = Mechanics {
            interpreter: Interpreter::new(profile),
            sheets: VecDeque::new(),
            printed: 0,
            pulses: Vec::new(),
            drawer_open: false,
        };
        let shared = Arc::new(Shared {
            off: AtomicBool::new(false),
            switches: Mutex::default(),
            heeded: Condvar::new(),
            mechanics: Mutex::new(mechanics),
        });
        let mut works = Works::new(plug, profile, shared.clone());
        let thread = thread::Builder::new().name("emulated-printer".to_owned()).spawn(move || works.run())?;
        Ok(EmulatedPrinter { address, shared, thread: Some(thread) })
    }

    /// Where it listens; the unspecified address for one on a serial line, whose path its owner gave it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Breaks or mends it, and returns when it is so. Paper that is put in follows a roll that came to its end, so what
    /// hung out of the printer has fallen off.
    pub fn set_faults(&self, faults: Faults) {
        let mut switches = lock(&self.shared.switches);
        if switches.faults.paper_out && !faults.paper_out {
            lock(&self.shared.mechanics).tear();
        }
        switches.faults = faults;
        switches.set += 1;
        let set = switches.set;
        // A printer that broke is told by its thread's panic; there is nobody to wait for then.
        drop(self.shared.heeded.wait_timeout_while(switches, HEED_MAX, |switches| switches.seen < set));
    }

    /// What is wrong with it now.
    pub fn faults(&self) -> Faults {
        lock(&self.shared.switches).faults
    }

    /// Tears off what hangs out, in the middle of a receipt if one is being printed.
    pub fn tear_off(&self) {
        lock(&self.shared.mechanics).tear();
    }

    /// The newest sheets that were cut or torn off, the oldest first; they are taken away.
    pub fn take_sheets(&self) -> Vec<Paper> {
        lock(&self.shared.mechanics).sheets.drain(..).collect()
    }

    /// How many sheets were cut off since it was switched on.
    pub fn printed(&self) -> u64 {
        lock(&self.shared.mechanics).printed
    }

    /// Every pulse since it was switched on.
    pub fn pulses(&self) -> Vec<PulseSeen> {
        lock(&self.shared.mechanics).pulses.clone()
    }

    /// Whether the drawer stands open.
    pub fn drawer_is_open(&self) -> bool {
        lock(&self.shared.mechanics).drawer_open
    }

    /// Pushes the drawer shut.
    pub fn shut_drawer(&self) {
        lock(&self.shared.mechanics).drawer_open = false;
    }
}

impl Drop for EmulatedPrinter {
    fn drop(&mut self) {
        self.shared.off.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A printer that broke has told its thread's panic already.
            let _ = thread.join();
        }
    }
}

impl Mechanics {
    fn keep(&mut self, sheet: Paper) {
        if self.sheets.len() == SHEETS_KEPT_MAX {
            self.sheets.pop_front();
        }
        self.sheets.push_back(sheet);
    }

    fn tear(&mut self) {
        if let Some(scrap) = self.interpreter.tear() {
            self.keep(scrap);
        }
    }

    fn pulse(&mut self, pulse: PulseSeen, stuck: bool) {
        self.pulses.push(pulse);
        self.drawer_open |= !stuck;
    }
}

/// What a printer with these faults says of itself.
fn status(faults: &Faults, drawer_open: bool) -> PrinterStatus {
    let paper = match (faults.paper_out, faults.paper_near_end) {
        (true, _) => PaperLevel::Out,
        (false, true) => PaperLevel::NearEnd,
        (false, false) => PaperLevel::Enough,
    };
    let mut status = PrinterStatus {
        offline: None,
        paper: Some(paper),
        cover_open: Some(faults.cover_open),
        feed_button: Some(faults.feed_button),
        error: Some(faults.cutter_stuck || faults.error),
        cutter_error: Some(faults.cutter_stuck),
        recoverable_error: Some(false),
        unrecoverable_error: Some(faults.error),
        drawer_pin_high: Some(drawer_open),
    };
    status.offline = Some(status.blocker().is_some());
    status
}
