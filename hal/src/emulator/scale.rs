//! A scale on a serial line, in every dialect that the driver speaks.

use super::pty::SerialPlug;
use super::worker::Worker;
use crate::device::{Weighing, WeightUnit};
use crate::scale::Dialect;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Requests that are kept until they are whole, in bytes.
const HEARD_MAX: usize = 256;
/// The bytes of a flood.
const FLOOD: [u8; 1_024] = [b'9'; 1_024];
/// The longest pause between two bytes that jitter, in milliseconds.
const JITTER_MAX_MS: u64 = 3;

/// What is wrong with the scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScaleFaults {
    /// It answers nothing.
    pub mute: bool,
    /// It takes so many milliseconds for an answer.
    pub slow_ms: u64,
    /// It answers bytes of no protocol.
    pub garbage: bool,
    /// Its answers break off in the middle.
    pub half_answers: bool,
    /// It answers without end.
    pub flood: bool,
    /// Its bytes come one by one, with pauses that this seed draws.
    pub jitter_seed: Option<u64>,
    /// It is in motion for so many more questions.
    pub moving_requests: u32,
    /// Dialog 06: it wants a checksum (record 11) before it weighs.
    pub wants_checksum: bool,
}

#[derive(Debug)]
struct Bench {
    plug: SerialPlug,
    dialect: Dialect,
    load: Weighing,
    faults: ScaleFaults,
    heard: Vec<u8>,
    price: u64,
    /// What was refused last, for record 09.
    refused: Weighing,
}

/// The scale. It is unplugged when it is dropped.
#[derive(Debug)]
pub struct EmulatedScale {
    bench: Arc<Mutex<Bench>>,
    _worker: Worker,
}

fn lock(bench: &Mutex<Bench>) -> MutexGuard<'_, Bench> {
    bench.lock().unwrap_or_else(PoisonError::into_inner)
}

impl EmulatedScale {
    /// An empty scale that is plugged in at `link`, a path that must not exist yet.
    pub fn plugged_in(link: impl Into<PathBuf>, dialect: Dialect) -> io::Result<EmulatedScale> {
        let bench = Arc::new(Mutex::new(Bench {
            plug: SerialPlug::plugged_in(link)?,
            dialect,
            load: Weighing::Empty,
            faults: ScaleFaults::default(),
            heard: Vec::new(),
            price: 0,
            refused: Weighing::Empty,
        }));
        let served = Arc::clone(&bench);
        Ok(EmulatedScale { bench, _worker: Worker::stepping(move || serve(&served)) })
    }

    /// The path that the driver opens.
    pub fn path(&self) -> PathBuf {
        lock(&self.bench).plug.path().to_owned()
    }

    /// Puts on it what it shall answer.
    pub fn put(&self, load: Weighing) {
        lock(&self.bench).load = load;
    }

    /// Breaks or mends it.
    pub fn set_faults(&self, faults: ScaleFaults) {
        lock(&self.bench).faults = faults;
    }

    /// Pulls it out: whoever reads it sees the line hang up.
    pub fn unplug(&self) {
        lock(&self.bench).plug.unplug();
    }

    /// Plugs it in again.
    pub fn plug_in(&self) -> io::Result<()> {
        let mut bench = lock(&self.bench);
        bench.heard.clear();
        bench.plug.plug_in()
    }
}

/// Answers what was asked since the last look, if it was.
fn serve(bench: &Mutex<Bench>) {
    let (answer, faults) = {
        let mut bench = lock(bench);
        (bench.hear(), bench.faults)
    };
    let Some(mut answer) = answer else { return };
    if faults.mute {
        return;
    }
    thread::sleep(Duration::from_millis(faults.slow_ms));
    if faults.garbage {
        answer = b"\xff\x00?7\x8d#".to_vec();
    } else if faults.flood {
        answer = FLOOD.to_vec();
    } else if faults.half_answers {
        answer.truncate(answer.len() / 2);
    }
    // A line that is unplugged or full loses what is sent.
    let Some(mut seed) = faults.jitter_seed else {
        let _ = lock(bench).plug.send(&answer);
        return;
    };
    for byte in answer {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        thread::sleep(Duration::from_millis((seed >> 33) % (JITTER_MAX_MS + 1)));
        let _ = lock(bench).plug.send(&[byte]);
    }
}

impl Bench {
    fn hear(&mut self) -> Option<Vec<u8>> {
        let mut buffer = [0; HEARD_MAX];
        // An unplugged line hears nothing.
        let count = self.plug.receive(&mut buffer).unwrap_or(0);
        self.heard.extend_from_slice(&buffer[..count]);
        if self.heard.len() > HEARD_MAX {
            self.heard.clear();
        }
        match self.dialect {
            Dialect::Continuous => Some(self.line()),
            Dialect::Toledo8217 { unit, implied_decimals } => {
                let at = self.heard.iter().position(|byte| *byte == b'W')?;
                self.heard.drain(..=at);
                Some(self.toledo(unit, implied_decimals))
            }
            Dialect::Dialog06 { .. } => self.dialogue(),
        }
    }

    /// What it says this time.
    fn weighing(&mut self) -> Weighing {
        match self.faults.moving_requests.checked_sub(1) {
            Some(left) => {
                self.faults.moving_requests = left;
                Weighing::Moving
            }
            None => self.load,
        }
    }

    fn toledo(&mut self, unit: WeightUnit, implied_decimals: u8) -> Vec<u8> {
        let status = match self.weighing() {
            Weighing::Stable { thousandths, unit: put } if put == unit => {
                let shown = thousandths / 10_u32.pow(3_u32.saturating_sub(u32::from(implied_decimals)));
                return format!("\x02{shown:05}\r").into_bytes();
            }
            Weighing::Moving => 0x41,
            Weighing::TooHeavy => 0x42,
            Weighing::BelowZero => 0x44,
            Weighing::Empty => 0x50,
            Weighing::Stable { .. } => 0x40,
        };
        vec![0x02, b'?', status, b'\r']
    }

    fn line(&mut self) -> Vec<u8> {
        let (header, sign, thousandths, unit) = match self.weighing() {
            Weighing::Stable { thousandths, unit } => ("ST", '+', thousandths, unit),
            Weighing::Moving => ("US", '+', 123, WeightUnit::Kilogram),
            Weighing::Empty => ("ST", '+', 0, WeightUnit::Kilogram),
            Weighing::BelowZero => ("ST", '-', 200, WeightUnit::Kilogram),
            Weighing::TooHeavy => ("OL", '+', 0, WeightUnit::Kilogram),
        };
        let unit = if unit == WeightUnit::Kilogram { "kg" } else { "lb" };
        format!("{header},GS,{sign}{:3}.{:03}{unit}\r\n", thousandths / 1_000, thousandths % 1_000).into_bytes()
    }

    fn dialogue(&mut self) -> Option<Vec<u8>> {
        if self.heard.ends_with(b"\x04\x05") {
            self.heard.clear();
            let load = self.weighing();
            self.refused = load;
            let Weighing::Stable { thousandths: grams, .. } = load else { return Some(vec![0x15]) };
            let amount = (u64::from(grams) * self.price + 500) / 1_000;
            let price = self.price;
            return Some(format!("\x0202\x1b3\x1b{grams:05}\x1b{price:06}\x1b{amount:06}\x03").into_bytes());
        }
        let record = self.heard.strip_suffix(b"\x03")?.to_vec();
        self.heard.clear();
        let record = String::from_utf8_lossy(&record);
        let answer = match record.strip_prefix("\x04\x02").unwrap_or_default() {
            "08" => {
                let state = match self.refused {
                    Weighing::Moving => "20",
                    Weighing::Empty => "30",
                    Weighing::BelowZero => "31",
                    Weighing::TooHeavy => "32",
                    Weighing::Stable { .. } => "00",
                };
                format!("\x0209\x1b{state}\x03")
            }
            _ if self.faults.wants_checksum => "\x0211\x1b247\x03".to_owned(),
            record => match record.strip_prefix("01\x1b").and_then(|price| price.strip_suffix('\x1b')?.parse().ok()) {
                Some(price) => {
                    self.price = price;
                    "\x06".to_owned()
                }
                None => "\x15".to_owned(),
            },
        };
        Some(answer.into_bytes())
    }
}
