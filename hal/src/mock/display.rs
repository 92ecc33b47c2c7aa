//! A customer display in memory.

use super::{failed, lock};
use crate::device::{CustomerDisplay, FailureKind, Outcome};
use crate::display::LINE_CHARACTERS;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A display in memory, which has every character.
#[derive(Debug, Clone, Default)]
pub struct MockDisplay {
    state: Arc<Mutex<(bool, [String; 2])>>,
}

impl MockDisplay {
    /// A display that shows nothing.
    pub fn new() -> MockDisplay {
        MockDisplay::default()
    }

    /// Unplugs it, which makes it dark, or plugs it in.
    pub fn set_unplugged(&self, unplugged: bool) {
        *lock(&self.state) = (unplugged, Default::default());
    }

    /// What both lines show.
    pub fn lines(&self) -> [String; 2] {
        lock(&self.state).1.clone()
    }
}

impl CustomerDisplay for MockDisplay {
    fn show(&mut self, upper: &str, lower: &str, _deadline: Duration) -> Outcome {
        let (unplugged, lines) = &mut *lock(&self.state);
        if *unplugged {
            return Outcome::Failed(failed(FailureKind::Offline));
        }
        *lines = [upper, lower].map(|text| text.chars().chain(std::iter::repeat(' ')).take(LINE_CHARACTERS).collect());
        Outcome::Done
    }
}
