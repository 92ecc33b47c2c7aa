//! The printer's receiving end, which finds the real-time commands among what comes, wherever they stand.

use crate::escpos::command::{CLEAR_BUFFER, DC4, DLE, EOT};

/// What was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// A byte for the receive buffer.
    Byte(u8),
    /// `DLE EOT n`.
    Status(u8),
    /// `DLE DC4 1 m t`: connector and milliseconds.
    Pulse(u8, u16),
    /// `DLE DC4 8`.
    Clear,
}

/// Takes bytes, and holds at most one unfinished command.
#[derive(Debug, Default)]
pub struct Intake {
    held: Vec<u8>,
}

impl Intake {
    /// Takes a byte and hands out what it ends.
    pub fn take(&mut self, byte: u8, clears: bool, out: &mut dyn FnMut(Received)) {
        self.held.push(byte);
        match self.held[..] {
            [DLE] | [DLE, EOT | DC4] | [DLE, DC4, 1] | [DLE, DC4, 1, _] => {}
            [DLE, EOT, n] => self.obey(Received::Status(n), out),
            [DLE, DC4, 1, connector, tenths] => {
                self.obey(Received::Pulse(connector & 1, u16::from(tenths) * 100), out);
            }
            _ if clears && self.held == CLEAR_BUFFER => self.obey(Received::Clear, out),
            _ if clears && CLEAR_BUFFER.starts_with(&self.held) => {}
            _ => self.let_go(out),
        }
    }

    /// The first held byte begins no command; one may begin behind it.
    fn let_go(&mut self, out: &mut dyn FnMut(Received)) {
        let held = std::mem::take(&mut self.held);
        out(Received::Byte(held[0]));
        for byte in &held[1..] {
            // A byte that begins nothing is let go at once, so this ends.
            if *byte == DLE || !self.held.is_empty() {
                self.held.push(*byte);
            } else {
                out(Received::Byte(*byte));
            }
        }
    }

    fn obey(&mut self, command: Received, out: &mut dyn FnMut(Received)) {
        self.held.clear();
        out(command);
    }

    /// The connection ended: what was held is no command.
    pub fn end(&mut self, out: &mut dyn FnMut(Received)) {
        for byte in self.held.drain(..) {
            out(Received::Byte(byte));
        }
    }
}
