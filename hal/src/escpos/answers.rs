//! The bytes that come back from a printer, sorted by what they answer.
//!
//! Answers of one byte are told apart by their marks (Epson's reference, "Transmission status: identification"). The later
//! bytes of an automatic status look like answers to `GS r`, and so do letters in a block of text, so both are taken as
//! wholes: whoever waits for a confirmation never gets a byte of a status that nobody asked for.
//!
//! ```text
//!   0xx1 xx10        RealTime     DLE EOT n
//!   0xx0 xxxx        Ordered      GS r n
//!   0xx1 xx00 + 3    Automatic    the three are 0xx0 xxxx and follow at once; anything else begins anew
//!   37 25 00         Cleared      DLE DC4 8
//!   head ... 00      (nothing)    other blocks, at most BLOCK_BYTES_MAX
//!   11, 13           (nothing)    XON and XOFF, which may stand anywhere
//! ```

use super::status;

const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
/// What blocks begin with: 37 and 53 responses, 35 and 5F texts such as the printer's name (`GS I`).
const BLOCK_HEADS: [u8; 4] = [0x35, 0x37, 0x53, 0x5F];
/// A block is at most a head, 80 bytes and NUL; one that does not end was none.
const BLOCK_BYTES_MAX: usize = 81;
/// Head and identifier of the response to `DLE DC4 8`, in front of its NUL.
const CLEARED: [u8; 2] = [0x37, 0x25];

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// To `DLE EOT n`. It does not say to which n.
    RealTime(u8),
    /// To `GS r n`.
    Ordered(u8),
    /// A status that the printer sent by itself, whole.
    Automatic([u8; 4]),
    /// To `DLE DC4 8`: the buffer is empty.
    Cleared,
}

/// Sorts bytes. It takes any, and holds at most one block.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// The beginning of an automatic status or of a block, whose first byte tells which.
    held: Vec<u8>,
}

impl Answers {
    /// Takes a byte, and hands out the answer that it ends.
    pub fn take(&mut self, byte: u8) -> Option<Answer> {
        match self.held.first() {
            _ if matches!(byte, XON | XOFF) => None,
            None => self.begin(byte),
            Some(first) if BLOCK_HEADS.contains(first) => self.block(byte),
            Some(_) => self.automatic(byte),
        }
    }

    fn begin(&mut self, byte: u8) -> Option<Answer> {
        if BLOCK_HEADS.contains(&byte) || status::begins_automatic(byte) {
            self.held.push(byte);
            None
        } else if status::is_real_time(byte) {
            Some(Answer::RealTime(byte))
        } else {
            status::is_ordered(byte).then_some(Answer::Ordered(byte))
        }
    }

    fn automatic(&mut self, byte: u8) -> Option<Answer> {
        if !status::is_ordered(byte) {
            // A byte was lost, or it was noise.
            self.held.clear();
            return self.begin(byte);
        }
        self.held.push(byte);
        let frame = self.held.as_slice().try_into().ok()?;
        self.held.clear();
        Some(Answer::Automatic(frame))
    }

    fn block(&mut self, byte: u8) -> Option<Answer> {
        let ended = byte == 0;
        let cleared = ended && self.held == CLEARED;
        if ended || self.held.len() == BLOCK_BYTES_MAX {
            self.held.clear();
        } else {
            self.held.push(byte);
        }
        cleared.then_some(Answer::Cleared)
    }
}
