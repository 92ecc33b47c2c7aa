//! The printer's sending end: answers as they should be, and what the faults make of them.

use super::faults::Faults;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What a flood pours out at a time.
const FLOOD_BYTES: usize = 256;
/// Answers that wait to be sent; a till that asks faster is not answered.
const WAITING_MAX: usize = 256;
const NOISE_BYTES_MAX: u64 = 8;

/// What waits to be said.
#[derive(Debug, Default)]
pub struct Mouth {
    waiting: VecDeque<(Instant, Vec<u8>)>,
    /// The answer that a late printer has not given yet.
    late: Option<Vec<u8>>,
    dice: Dice,
}

impl Mouth {
    /// Answers `bytes`; `chatter` is the automatic status, where it is on.
    pub fn answer(&mut self, bytes: &[u8], chatter: Option<[u8; 4]>, faults: &mut Faults) {
        if faults.mute || self.waiting.len() >= WAITING_MAX {
            return;
        }
        let mut said = Vec::new();
        if faults.garbage {
            let count = 1 + self.dice.roll(faults.seed) % NOISE_BYTES_MAX;
            said.extend((0..count).map(|_| self.dice.byte(faults.seed)));
        }
        said.extend(chatter.into_iter().flatten());
        said.extend(bytes);
        said.extend(chatter.into_iter().flatten());
        if faults.late {
            let Some(earlier) = self.late.replace(said) else { return };
            said = earlier;
        } else if let Some(mut earlier) = self.late.take() {
            earlier.append(&mut said);
            said = earlier;
        }
        said.truncate(faults.answered(said.len()));
        let delay = match faults.jitter_ms {
            0 => 0,
            most => self.dice.roll(faults.seed) % (most + 1),
        };
        // Bytes do not overtake each other on a line.
        let due = Instant::now() + Duration::from_millis(delay);
        let due = self.waiting.back().map_or(due, |(last, _)| due.max(*last));
        self.waiting.push_back((due, said));
    }

    /// What is to be said now.
    pub fn next(&mut self) -> Option<Vec<u8>> {
        let (due, _) = self.waiting.front()?;
        if *due > Instant::now() {
            return None;
        }
        self.waiting.pop_front().map(|(_, bytes)| bytes)
    }

    /// A piece of a flood.
    pub fn flood(&mut self, faults: &Faults) -> Vec<u8> {
        (0..FLOOD_BYTES).map(|_| self.dice.byte(faults.seed)).collect()
    }

    /// The connection ended, and with it the wish for answers.
    pub fn forget(&mut self) {
        self.waiting.clear();
        self.late = None;
    }
}

/// Chance that can be repeated: Marsaglia's xorshift (Journal of Statistical Software 8(14), 2003).
#[derive(Debug, Default)]
struct Dice {
    seed: u64,
    state: u64,
}

impl Dice {
    fn roll(&mut self, seed: u64) -> u64 {
        if self.seed != seed || self.state == 0 {
            // Its state must not be zero.
            (self.seed, self.state) = (seed, seed | 1 << 63);
        }
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    /// A byte of noise.
    fn byte(&mut self, seed: u64) -> u8 {
        let [.., byte, _, _, _] = self.roll(seed).to_le_bytes();
        byte | 0x80
    }
}
