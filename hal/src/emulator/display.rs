//! A customer display on a serial line: it interprets what it is told, and keeps what its two lines show.

use super::pty::SerialPlug;
use super::worker::Worker;
use crate::display::LINE_CHARACTERS;
use crate::escpos::code_page::{CP437, CodePage};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const READ_BYTES: usize = 256;
/// The longest command: `ESC Q A`, a line, and CR. A longer one is none, and its first byte is passed over.
const COMMAND_MAX: usize = LINE_CHARACTERS + 4;

/// What hangs on the line.
#[derive(Debug)]
struct Tube {
    plug: SerialPlug,
    pending: Vec<u8>,
    page: CodePage,
    cells: [[u8; LINE_CHARACTERS]; 2],
    cursor: usize,
    stuck: bool,
    bytes: u64,
}

/// The display. It is unplugged when it is dropped.
#[derive(Debug)]
pub struct EmulatedDisplay {
    tube: Arc<Mutex<Tube>>,
    _worker: Worker,
}

fn lock(tube: &Mutex<Tube>) -> MutexGuard<'_, Tube> {
    tube.lock().unwrap_or_else(PoisonError::into_inner)
}

impl EmulatedDisplay {
    /// A dark display that is plugged in at `link`, a path that must not exist yet.
    pub fn plugged_in(link: impl Into<PathBuf>) -> io::Result<EmulatedDisplay> {
        let tube = Arc::new(Mutex::new(Tube {
            plug: SerialPlug::plugged_in(link)?,
            pending: Vec::new(),
            page: CP437,
            cells: [[b' '; LINE_CHARACTERS]; 2],
            cursor: 0,
            stuck: false,
            bytes: 0,
        }));
        let served = Arc::clone(&tube);
        Ok(EmulatedDisplay { tube, _worker: Worker::stepping(move || lock(&served).look()) })
    }

    /// The path that the driver opens.
    pub fn path(&self) -> PathBuf {
        lock(&self.tube).plug.path().to_owned()
    }

    /// What both lines show, filled to their width.
    pub fn lines(&self) -> [String; 2] {
        let tube = lock(&self.tube);
        let shown = |byte: &u8| tube.page.character(*byte).unwrap_or(char::REPLACEMENT_CHARACTER);
        tube.cells.map(|line| line.iter().map(shown).collect())
    }

    /// How many bytes it was sent.
    pub fn bytes_received(&self) -> u64 {
        lock(&self.tube).bytes
    }

    /// Whether it takes no more bytes.
    pub fn set_stuck(&self, stuck: bool) {
        lock(&self.tube).stuck = stuck;
    }

    /// Pulls it out, which makes it dark.
    pub fn unplug(&self) {
        let mut tube = lock(&self.tube);
        tube.plug.unplug();
        tube.pending.clear();
        tube.reset();
    }

    /// Plugs it in again.
    pub fn plug_in(&self) -> io::Result<()> {
        lock(&self.tube).plug.plug_in()
    }
}

impl Tube {
    fn look(&mut self) {
        let mut buffer = [0; READ_BYTES];
        // An unplugged line says nothing.
        let count = if self.stuck { 0 } else { self.plug.receive(&mut buffer).unwrap_or(0) };
        self.bytes += count as u64;
        self.pending.extend_from_slice(&buffer[..count]);
        while let Some(used) = self.obey() {
            self.pending.drain(..used);
        }
        if self.pending.len() > COMMAND_MAX {
            self.pending.remove(0);
        }
    }

    fn reset(&mut self) {
        self.page = CP437;
        self.cells = [[b' '; LINE_CHARACTERS]; 2];
        self.cursor = 0;
    }

    /// Obeys the first command, if it is whole; how many bytes it was.
    fn obey(&mut self) -> Option<usize> {
        match self.pending.as_slice() {
            [] | [0x1B] | [0x1F] | [0x1B, b't' | b'Q'] | [0x1F, b'X'] => None,
            [0x1B, b'@', ..] => {
                self.reset();
                Some(2)
            }
            [0x1B, b't', number, ..] => {
                self.page = CodePage::numbered(*number).unwrap_or(self.page);
                Some(3)
            }
            [0x1B, b'Q', line, text @ ..] => {
                let row = usize::from(*line == b'B');
                let end = text.iter().position(|byte| *byte == b'\r')?;
                let mut cells = [b' '; LINE_CHARACTERS];
                for (cell, byte) in cells.iter_mut().zip(&text[..end]) {
                    *cell = *byte;
                }
                self.cells[row] = cells;
                Some(end + 4)
            }
            [0x1F, b'$', column @ 1..=20, row @ 1..=2, ..] => {
                self.cursor = usize::from(*row - 1) * LINE_CHARACTERS + usize::from(*column - 1);
                Some(4)
            }
            [0x1F, b'$'] | [0x1F, b'$', _] => None,
            [0x1F, b'X', _, ..] => Some(3),
            [0x1F, 0x01, ..] => Some(2),
            [0x0C, ..] => {
                self.cells = [[b' '; LINE_CHARACTERS]; 2];
                self.cursor = 0;
                Some(1)
            }
            [byte @ 0x20..=0xFF, ..] => {
                self.cells[self.cursor / LINE_CHARACTERS][self.cursor % LINE_CHARACTERS] = *byte;
                self.cursor = (self.cursor + 1) % (2 * LINE_CHARACTERS);
                Some(1)
            }
            _ => Some(1),
        }
    }
}
