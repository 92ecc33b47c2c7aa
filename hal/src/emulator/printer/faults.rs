//! What can be wrong with the printer; each is a switch.

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
    pub cutter_stuck: bool,
    /// It has an error that it does not recover from.
    pub error: bool,
    /// Someone holds the feed button down.
    pub feed_button: bool,
    /// It takes so many milliseconds for 64 bytes.
    pub slow_ms: u64,
    /// The paper runs out when so many more bytes are processed.
    pub paper_out_after_bytes: Option<usize>,
    /// Someone opens the cover when so many more bytes are processed.
    pub cover_open_after_bytes: Option<usize>,

    /// Its cable is pulled out: nobody is there. What it has received it prints all the same.
    pub unplugged: bool,
    /// Its cable is pulled out when so many more bytes are received.
    pub disconnect_after_bytes: Option<usize>,

    /// It takes everything and answers nothing.
    pub mute: bool,
    /// It falls silent when it has answered so many more bytes, in the middle of an answer if need be.
    pub mute_after_bytes: Option<usize>,
    /// Each answer comes only when the next one is due.
    pub late: bool,
    /// Each answer comes up to so many milliseconds later, by chance of `seed`.
    pub jitter_ms: u64,
    /// Up to eight bytes of noise stand before each answer, by chance of `seed`. They have their highest bit set, as bytes
    /// of a wrong speed often have; no noise that looks like an answer could be told from one.
    pub garbage: bool,
    /// Bytes pour out of it without an end.
    pub flood: bool,
    /// Someone else's software left automatic status back on: it sends four bytes unasked before and after each answer.
    pub chatter: bool,
    /// What `jitter_ms` and `garbage` roll their dice with.
    pub seed: u64,

    /// The drawer is locked or jammed: a pulse does not open it.
    pub drawer_stuck: bool,
}

impl Faults {
    /// Bytes that may be processed until something happens.
    pub(super) fn bytes_until_broken(&self) -> usize {
        let counters = [self.paper_out_after_bytes, self.cover_open_after_bytes];
        counters.into_iter().flatten().min().unwrap_or(usize::MAX).max(1)
    }

    /// Notes that `count` bytes were processed.
    pub(super) fn processed(&mut self, count: usize) {
        self.paper_out |= run_down(&mut self.paper_out_after_bytes, count);
        self.cover_open |= run_down(&mut self.cover_open_after_bytes, count);
    }

    /// Notes that `count` bytes were received.
    pub(super) fn received(&mut self, count: usize) {
        self.unplugged |= run_down(&mut self.disconnect_after_bytes, count);
    }

    /// How many of `count` bytes are answered before it falls silent.
    pub(super) fn answered(&mut self, count: usize) -> usize {
        let allowed = self.mute_after_bytes.map_or(count, |left| left.min(count));
        self.mute |= run_down(&mut self.mute_after_bytes, count);
        allowed
    }
}

/// Counts down; whether it ended with this.
fn run_down(counter: &mut Option<usize>, count: usize) -> bool {
    let Some(left) = *counter else { return false };
    *counter = left.checked_sub(count).filter(|left| *left > 0);
    counter.is_none()
}
