//! A receipt printer on TCP: it interprets ESC/POS, draws the paper, counts the drawer's pulses, and breaks when told to.
//!
//! It behaves as the network printers do that it stands for. It serves one connection at a time. Real-time commands are
//! obeyed as they are received, all others in their order; with the paper out or the cover open the latter wait in the
//! receive buffer, beyond the connection's end, and are printed when the fault is mended. That is why a job without a
//! confirmation is unknown and never failed.

use crate::device::{PaperLevel, PrinterStatus};
use crate::escpos::{Event, Interpreter, Profile, status};
use crate::render::Paper;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Sheets that are kept; older ones are thrown away, as under a real counter.
const SHEETS_KEPT_MAX: usize = 256;
/// The receive buffer, in bytes. When it is full the printer reads no more.
const BUFFER_MAX: usize = 64 * 1024;
/// How often it looks whether a fault was mended or the printer switched off.
const LOOK: Duration = Duration::from_millis(10);
/// Bytes that are processed between two looks at the faults.
const STEP_BYTES: usize = 64;
const DLE: u8 = 0x10;
const EOT: u8 = 0x04;
const DC4: u8 = 0x14;

/// What is wrong with the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// The paper is out.
    pub paper_out: bool,
    /// The paper is nearly out.
    pub paper_near_end: bool,
    /// The cover is open.
    pub cover_open: bool,
    /// The cutter is stuck.
    pub error: bool,
    /// It takes everything and answers nothing.
    pub mute: bool,
    /// It takes so many milliseconds for 64 bytes.
    pub slow_ms: u64,
    /// The paper runs out when so many more bytes are processed.
    pub paper_out_after_bytes: Option<usize>,
    /// The connection breaks when so many more bytes are received.
    pub disconnect_after_bytes: Option<usize>,
}

/// A pulse that went to the drawer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PulseSeen {
    /// 0 for the connector's pin 2, 1 for pin 5.
    pub connector: u8,
    /// How long current flowed, in milliseconds.
    pub on_ms: u16,
}

/// The printer. It is switched off when it is dropped.
#[derive(Debug)]
pub struct EmulatedPrinter {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    off: AtomicBool,
    faults: Mutex<Faults>,
    out: Mutex<Output>,
}

#[derive(Debug, Default)]
struct Output {
    sheets: VecDeque<Paper>,
    printed: u64,
    pulses: Vec<PulseSeen>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl EmulatedPrinter {
    /// Switches a printer of `profile` on, at `address`; port 0 takes a free one.
    pub fn start(address: SocketAddr, profile: &Profile) -> io::Result<EmulatedPrinter> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let mut works =
            Works { interpreter: Interpreter::new(profile), buffer: VecDeque::new(), shared: shared.clone() };
        let thread = thread::Builder::new().name("emulated-printer".to_owned()).spawn(move || works.run(&listener))?;
        Ok(EmulatedPrinter { address, shared, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Breaks or mends it.
    pub fn set_faults(&self, faults: Faults) {
        *lock(&self.shared.faults) = faults;
    }

    /// What is wrong with it now.
    pub fn faults(&self) -> Faults {
        *lock(&self.shared.faults)
    }

    /// The newest sheets that were cut off, the oldest first; they are taken away.
    pub fn take_sheets(&self) -> Vec<Paper> {
        lock(&self.shared.out).sheets.drain(..).collect()
    }

    /// How many sheets were cut off since it was switched on.
    pub fn printed(&self) -> u64 {
        lock(&self.shared.out).printed
    }

    /// Every pulse since it was switched on.
    pub fn pulses(&self) -> Vec<PulseSeen> {
        lock(&self.shared.out).pulses.clone()
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

/// What runs inside.
struct Works {
    interpreter: Interpreter,
    /// Received, and not processed yet.
    buffer: VecDeque<u8>,
    shared: Arc<Shared>,
}

impl Works {
    fn run(&mut self, listener: &TcpListener) {
        while !self.is_off() {
            match listener.accept() {
                // A connection that breaks is the driver's matter; the printer waits for the next one.
                Ok((stream, _)) => {
                    drop(self.serve(stream));
                    self.process(None);
                    if self.buffer.is_empty() {
                        self.interpreter.disconnect();
                    }
                }
                Err(_) => {
                    self.process(None);
                    thread::sleep(LOOK);
                }
            }
        }
    }

    fn is_off(&self) -> bool {
        self.shared.off.load(Ordering::Relaxed)
    }

    fn serve(&mut self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nonblocking(false)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(LOOK))?;
        stream.set_write_timeout(Some(LOOK))?;
        let mut chunk = [0; STEP_BYTES];
        while !self.is_off() {
            if self.buffer.len() < BUFFER_MAX {
                match stream.read(&mut chunk) {
                    Ok(0) => break,
                    Ok(count) if self.breaks_off(count) => return Ok(()),
                    Ok(count) => self.receive(&chunk[..count], &mut stream),
                    Err(error) if is_wait(error.kind()) => {}
                    Err(error) => return Err(error),
                }
            } else {
                thread::sleep(LOOK);
            }
            self.process(Some(&mut stream));
        }
        Ok(())
    }

    /// Counts received bytes against the fault that breaks the connection.
    fn breaks_off(&self, count: usize) -> bool {
        let mut faults = lock(&self.shared.faults);
        let Some(left) = faults.disconnect_after_bytes else { return false };
        faults.disconnect_after_bytes = left.checked_sub(count).filter(|left| *left > 0);
        faults.disconnect_after_bytes.is_none()
    }

    /// Takes bytes in. A printer that is blocked still obeys the real-time commands among them.
    fn receive(&mut self, bytes: &[u8], stream: &mut TcpStream) {
        self.buffer.extend(bytes);
        while self.status().blocker().is_some() {
            let waiting = self.buffer.make_contiguous();
            let Some((start, length)) = find_real_time(waiting) else { return };
            let command: Vec<u8> = self.buffer.drain(start..start + length).collect();
            match command[..] {
                [_, EOT, n] => self.answer(status::real_time_answer(&self.status(), n), Some(stream)),
                [_, _, _, connector, tenths] => self.pulse(connector & 1, u16::from(tenths) * 100),
                _ => {}
            }
        }
    }

    /// Processes what was received, as far as paper and cover allow.
    fn process(&mut self, mut stream: Option<&mut TcpStream>) {
        while !self.buffer.is_empty() && !self.is_off() && self.status().blocker().is_none() {
            let faults = *lock(&self.shared.faults);
            thread::sleep(Duration::from_millis(faults.slow_ms));
            let count = faults.paper_out_after_bytes.unwrap_or(STEP_BYTES).min(STEP_BYTES).min(self.buffer.len());
            let step: Vec<u8> = self.buffer.drain(..count).collect();
            let mut events = Vec::new();
            self.interpreter.feed(&step, &mut |event| events.push(event));
            for event in events {
                self.happen(event, stream.as_deref_mut());
            }
            if let Some(left) = faults.paper_out_after_bytes {
                let mut faults = lock(&self.shared.faults);
                faults.paper_out_after_bytes = left.checked_sub(count).filter(|left| *left > 0);
                faults.paper_out |= faults.paper_out_after_bytes.is_none();
            }
        }
    }

    fn happen(&mut self, event: Event, stream: Option<&mut TcpStream>) {
        match event {
            Event::Sheet(paper) => {
                let mut out = lock(&self.shared.out);
                out.printed += 1;
                if out.sheets.len() == SHEETS_KEPT_MAX {
                    out.sheets.pop_front();
                }
                out.sheets.push_back(paper);
            }
            Event::Pulse(connector, on_ms) => self.pulse(connector, on_ms),
            Event::RealTimeStatus(n) => self.answer(status::real_time_answer(&self.status(), n), stream),
            Event::OrderedStatus(n) => self.answer(status::ordered_answer(&self.status(), n), stream),
        }
    }

    fn pulse(&self, connector: u8, on_ms: u16) {
        lock(&self.shared.out).pulses.push(PulseSeen { connector, on_ms });
    }

    fn answer(&self, byte: u8, stream: Option<&mut TcpStream>) {
        let Some(stream) = stream.filter(|_| !lock(&self.shared.faults).mute) else { return };
        // Whoever hung up does not want the answer any more.
        let _ = stream.write_all(&[byte]);
    }

    fn status(&self) -> PrinterStatus {
        let faults = lock(&self.shared.faults);
        let paper = match (faults.paper_out, faults.paper_near_end) {
            (true, _) => PaperLevel::Out,
            (false, true) => PaperLevel::NearEnd,
            (false, false) => PaperLevel::Enough,
        };
        PrinterStatus {
            paper: Some(paper),
            cover_open: Some(faults.cover_open),
            error: Some(faults.error),
            drawer_pin_high: Some(false),
        }
    }
}

/// Where the first whole `DLE EOT n` or `DLE DC4 1 m t` stands, and its length.
fn find_real_time(bytes: &[u8]) -> Option<(usize, usize)> {
    (0..bytes.len()).find_map(|start| match bytes[start..] {
        [DLE, EOT, _, ..] => Some((start, 3)),
        [DLE, DC4, 1, _, _, ..] => Some((start, 5)),
        _ => None,
    })
}

fn is_wait(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
