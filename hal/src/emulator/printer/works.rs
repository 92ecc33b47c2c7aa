//! What runs inside the printer: one thread that receives, processes, answers, and looks at its faults in between.

use super::intake::{Intake, Received};
use super::mouth::Mouth;
use super::plug::{Came, Plug};
use super::{Faults, PulseSeen, Shared, lock, status};
use crate::device::PrinterStatus;
use crate::escpos::{Event, Profile, status as bits};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

/// The receive buffer, in bytes. When it is full the printer reads no more.
const BUFFER_MAX: usize = 64 * 1024;
/// Between two tries to hang at an address again that someone else has taken meanwhile, or at a full buffer.
const PAUSE: Duration = Duration::from_millis(10);
/// Bytes that are processed between two looks at the faults.
const STEP_BYTES: usize = 64;
/// The response to `DLE DC4 8`.
const CLEARED: [u8; 3] = [0x37, 0x25, 0x00];

pub struct Works {
    plug: Plug,
    shared: Arc<Shared>,
    /// Whether it knows `DLE DC4 8`.
    clears_buffer: bool,
    intake: Intake,
    mouth: Mouth,
    /// Received, and not processed yet.
    buffer: VecDeque<u8>,
    /// When a slow printer takes its next step.
    rested_at: Instant,
    /// Somebody switched automatic status back on, and this was sent last.
    automatic: Option<[u8; 4]>,
}

impl Works {
    pub fn new(plug: Plug, profile: &Profile, shared: Arc<Shared>) -> Works {
        Works {
            plug,
            shared,
            clears_buffer: profile.clears_buffer,
            intake: Intake::default(),
            mouth: Mouth::default(),
            buffer: VecDeque::new(),
            rested_at: Instant::now(),
            automatic: None,
        }
    }

    pub fn run(&mut self) {
        let mut chunk = [0; STEP_BYTES];
        while !self.shared.off.load(Ordering::Relaxed) {
            let set = lock(&self.shared.switches).set;
            self.heed_plug();
            self.heeded(set);
            if self.buffer.len() < BUFFER_MAX {
                match self.plug.receive(&mut chunk) {
                    Came::Bytes(count) => self.receive(&chunk[..count]),
                    Came::Nothing => {}
                    Came::Goodbye => self.goodbye(),
                }
            } else {
                thread::sleep(PAUSE);
            }
            self.process();
            self.speak();
        }
    }

    fn heed_plug(&mut self) {
        let wanted = !self.faults().unplugged;
        match self.plug.set_plugged(wanted) {
            Ok(true) => self.goodbye(),
            Ok(false) => {}
            Err(_) => thread::sleep(PAUSE),
        }
    }

    /// Tells whoever set the faults that they are in force.
    fn heeded(&self, set: u64) {
        lock(&self.shared.switches).seen = set;
        self.shared.heeded.notify_all();
    }

    fn faults(&self) -> Faults {
        lock(&self.shared.switches).faults
    }

    fn status(&self) -> PrinterStatus {
        let drawer_open = lock(&self.shared.mechanics).drawer_open;
        status(&self.faults(), drawer_open)
    }

    /// Takes bytes in, and obeys the real-time commands among them at once.
    fn receive(&mut self, bytes: &[u8]) {
        lock(&self.shared.switches).faults.received(bytes.len());
        if self.faults().unplugged {
            return self.heed_plug();
        }
        let mut received = Vec::new();
        for byte in bytes {
            self.intake.take(*byte, self.clears_buffer, &mut |what| received.push(what));
        }
        for what in received {
            match what {
                Received::Byte(byte) => self.buffer.push_back(byte),
                Received::Status(n) => self.answer(&[bits::real_time_answer(&self.status(), n)]),
                Received::Pulse(connector, on_ms) => self.pulse(connector, on_ms),
                Received::Clear => {
                    self.buffer.clear();
                    lock(&self.shared.mechanics).interpreter.clear_buffer();
                    self.answer(&CLEARED);
                }
            }
        }
    }

    /// Whoever was there has gone: what was received is printed, an unfinished command is forgotten.
    fn goodbye(&mut self) {
        let buffer = &mut self.buffer;
        self.intake.end(&mut |what| {
            if let Received::Byte(byte) = what {
                buffer.push_back(byte);
            }
        });
        self.mouth.forget();
        self.process();
        if self.buffer.is_empty() {
            lock(&self.shared.mechanics).interpreter.disconnect();
        }
    }

    /// Processes what was received, as far as paper and cover allow; a slow printer takes a step now and then.
    fn process(&mut self) {
        while !self.buffer.is_empty() && self.status().blocker().is_none() && self.rested_at <= Instant::now() {
            let faults = self.faults();
            let count = faults.bytes_until_broken().min(STEP_BYTES).min(self.buffer.len());
            let step: Vec<u8> = self.buffer.drain(..count).collect();
            let mut events = Vec::new();
            lock(&self.shared.mechanics).interpreter.feed(&step, &mut |event| events.push(event));
            for event in events {
                self.happen(event);
            }
            lock(&self.shared.switches).faults.processed(count);
            // It goes on listening meanwhile, and obeys what must be obeyed at once.
            self.rested_at = Instant::now() + Duration::from_millis(faults.slow_ms);
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Sheet(paper) => {
                let mut mechanics = lock(&self.shared.mechanics);
                mechanics.printed += 1;
                mechanics.keep(paper);
            }
            Event::Pulse(connector, on_ms) => self.pulse(connector, on_ms),
            Event::OrderedStatus(n) => self.answer(&[bits::ordered_answer(&self.status(), n)]),
            Event::AutomaticStatus(on) => self.automatic = on.then_some([0; 4]),
            // Real-time commands were taken out where they came in.
            Event::RealTimeStatus(_) | Event::Cleared => {}
        }
    }

    fn pulse(&self, connector: u8, on_ms: u16) {
        let faults = self.faults();
        if faults.cutter_stuck || faults.error {
            // As the manuals of TM-T88III and TM-U590 have it.
            return;
        }
        let stuck = faults.drawer_stuck;
        lock(&self.shared.mechanics).pulse(PulseSeen { connector, on_ms }, stuck);
    }

    fn answer(&mut self, bytes: &[u8]) {
        let status = self.status();
        let faults = &mut lock(&self.shared.switches).faults;
        let chatter = faults.chatter.then(|| bits::automatic_answer(&status));
        self.mouth.answer(bytes, chatter, faults);
    }

    /// Says what is due.
    fn speak(&mut self) {
        let (now, faults) = (bits::automatic_answer(&self.status()), self.faults());
        if self.automatic.is_some_and(|last| last != now) && !faults.mute {
            self.automatic = Some(now);
            self.plug.send(&now);
        }
        if faults.flood && self.plug.is_connected() {
            let flood = self.mouth.flood(&faults);
            self.plug.send(&flood);
        }
        while let Some(bytes) = self.mouth.next() {
            self.plug.send(&bytes);
        }
    }
}
