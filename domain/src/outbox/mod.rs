//! What one location does not have yet, and how it gets it: in order, once, for ever.
//!
//! There is no table of unsent entries. For each epoch the machine knows the journal's head and the location's
//! watermark; what lies between is the outbox. It asks for the watermark first, because the location's own word is the
//! only one that counts. One request is under way at a time.
//!
//! ```text
//!  Ask --watermark--> Send --ack--> Send ... --> at rest
//!                      |  422: half the batch, down to the one bad entry --> SetAside --> Send
//!                      |  409 gap: back to the location's watermark
//!                      |  409 fork, or a hash that is not ours: Fork, and the branch goes entry by entry to SetAside
//!                      +- fault: wait (full jitter), throttle: wait (as told)
//! ```

mod numbers;
#[cfg(test)]
mod tests;
mod track;

pub use numbers::Numbers;
pub use track::Head;
use track::Track;

use crate::entry::Hash;
use crate::ids::Epoch;
use crate::random::Seeded;
use std::collections::VecDeque;

/// What the shell has to do. `Ask`, `Send` and `SetAside` are requests: exactly one is under way until it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ask where the location stands with this epoch; answer with [`Outbox::handle_watermark`].
    Ask(Epoch),
    /// Send the entries behind `after_seq`, at most `max_entries`.
    Send {
        /// Of this epoch.
        epoch: Epoch,
        /// Behind this number.
        after_seq: u64,
        /// At most so many.
        max_entries: u32,
    },
    /// Send this one entry to the set-aside route.
    SetAside {
        /// Of this epoch.
        epoch: Epoch,
        /// The entry's number.
        seq: u64,
        /// Why: the type of the problem that refused it.
        reason: String,
    },
    /// Remember the location's watermark.
    Save {
        /// Of this epoch.
        epoch: Epoch,
        /// Up to this number.
        seq: u64,
        /// Its hash.
        hash: Hash,
    },
    /// The location knows another history of this epoch: begin a new epoch, if it is the current one, and alarm.
    Fork {
        /// The epoch that forked.
        epoch: Epoch,
        /// Receipt numbers up to this one may be used already.
        receipt_number: u64,
    },
    /// Draw the wait before retry number `failures` and tell it with [`Outbox::handle_delay`].
    DrawDelay {
        /// Failures in a row, from 1.
        failures: u32,
    },
}

/// How a location refused a batch or an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// 400, 413 or 422: something in it cannot be taken in. `seq` names it where the location knows.
    Batch {
        /// The problem's type.
        reason: String,
        /// The bad entry, if it was named.
        seq: Option<u64>,
        /// Where the location stands now, if it said: what came before the bad entry may be in.
        watermark: Option<(u64, Hash)>,
    },
    /// 409: entries are missing there; it has all up to here.
    Gap {
        /// Where the location stands.
        watermark: u64,
    },
    /// 409: it has another entry under one of these numbers.
    Fork {
        /// Receipt numbers up to this one may be used already.
        receipt_number: u64,
    },
    /// 401 or 403: it does not take us for who we are. Everything is kept.
    Identity,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Activity {
    /// Nothing under way.
    Free,
    /// A request is under way, for this epoch and behind this number.
    UnderWay { epoch: Epoch, after_seq: u64, set_aside: bool },
    /// A delay is being drawn.
    Drawing,
    /// Until this time.
    Waiting { until: u64 },
}

/// The outbox of one location.
#[derive(Debug, Clone)]
pub struct Outbox {
    numbers: Numbers,
    tracks: Vec<Track>,
    activity: Activity,
    /// Whether the location may be talked to: its breaker lets requests through.
    open: bool,
    shut_since: Option<u64>,
    batch_entries: u32,
    failures: u32,
    /// In tenths of a token.
    budget_tenths: u32,
    identity_refused: bool,
    commands: VecDeque<Command>,
    random: Seeded,
}

impl Outbox {
    /// An outbox that knows nothing yet; tell it the journal's heads next.
    pub fn new(numbers: Numbers, seed: u64) -> Outbox {
        Outbox {
            numbers,
            tracks: Vec::new(),
            activity: Activity::Free,
            open: true,
            shut_since: None,
            batch_entries: numbers.batch_entries.max(1),
            failures: 0,
            budget_tenths: numbers.budget_tokens * 10,
            identity_refused: false,
            commands: VecDeque::new(),
            random: Seeded::new(seed),
        }
    }

    /// Entries that the location does not have, as far as is known.
    pub fn unsent(&self) -> u64 {
        self.tracks.iter().map(Track::unsent).sum()
    }

    /// Up to where the location has `epoch`, once it said so.
    pub fn watermark(&self, epoch: Epoch) -> Option<u64> {
        self.tracks.iter().find(|track| track.epoch == epoch)?.position
    }

    /// Whether the location refuses to take us for who we are.
    pub fn is_identity_refused(&self) -> bool {
        self.identity_refused
    }

    /// Where the journal's epochs stand, oldest first.
    pub fn handle_heads(&mut self, heads: &[Head], now: u64) {
        for head in heads {
            match self.tracks.iter_mut().find(|track| track.epoch == head.epoch) {
                Some(track) => track.head = track.head.max(head.seq),
                None => self.tracks.push(Track::new(*head)),
            }
        }
        self.go_on(now);
    }

    /// Whether the location may be talked to. After an outage of over a minute the first try is spread.
    pub fn handle_gate(&mut self, open: bool, now: u64) {
        let was_open = std::mem::replace(&mut self.open, open);
        if was_open && !open {
            self.shut_since = Some(now);
        }
        if !was_open && open {
            let away_ms = self.shut_since.take().map_or(0, |since| now.saturating_sub(since));
            let spread = if away_ms > self.numbers.outage_ms { self.numbers.spread_after_outage_ms } else { 0 };
            self.failures = 0;
            if !matches!(self.activity, Activity::UnderWay { .. }) {
                self.activity = Activity::Waiting { until: now + self.random.up_to(spread) };
            }
        }
        self.go_on(now);
    }

    /// The location says where it stands with `epoch`. `ours` is our hash of that number; `None` when we have no such
    /// number.
    pub fn handle_watermark(
        &mut self,
        epoch: Epoch,
        seq: u64,
        hash: Hash,
        ours: Option<Hash>,
        receipt_number: u64,
        now: u64,
    ) {
        self.succeeded();
        if ours != Some(hash) {
            self.fork(epoch, receipt_number);
        } else if let Some(track) = self.track(epoch) {
            track.confirmed(seq);
            self.commands.push_back(Command::Save { epoch, seq, hash });
        }
        self.go_on(now);
    }

    /// The location has everything up to `seq`. `ours` is our hash of that number.
    pub fn handle_ack(&mut self, epoch: Epoch, seq: u64, hash: Hash, ours: Option<Hash>, pace: (u32, u64), now: u64) {
        let Activity::UnderWay { set_aside, .. } = self.activity else { return };
        self.succeeded();
        let (max_entries, wait_ms) = pace;
        let most = max_entries.clamp(1, self.numbers.batch_entries.max(1));
        self.batch_entries = self.batch_entries.saturating_mul(2).clamp(1, most);
        match self.track(epoch) {
            // A branch's entries move nothing at the location; they are counted here.
            Some(track) if track.forked && set_aside => track.position = track.position.map(|position| position + 1),
            Some(track) if !track.forked && ours == Some(hash) => {
                track.confirmed(seq);
                self.commands.push_back(Command::Save { epoch, seq, hash });
            }
            _ => self.fork(epoch, 0),
        }
        if wait_ms > 0 {
            self.activity = Activity::Waiting { until: now + wait_ms.min(self.numbers.throttle_max_ms) };
        }
        self.go_on(now);
    }

    /// The location refused the request that was under way; `entries` is how many it had.
    pub fn handle_refusal(&mut self, refusal: Refusal, entries: u32, now: u64) {
        let Activity::UnderWay { epoch, after_seq, set_aside } = self.activity else { return };
        match refusal {
            Refusal::Identity => {
                self.identity_refused = true;
                return self.failed(now);
            }
            Refusal::Gap { watermark } if !set_aside && watermark < after_seq => {
                self.activity = Activity::Free;
                if let Some(track) = self.track(epoch) {
                    track.position = Some(watermark);
                }
            }
            Refusal::Fork { receipt_number } if !set_aside => {
                self.activity = Activity::Free;
                self.fork(epoch, receipt_number);
            }
            Refusal::Batch { reason, seq, watermark } if !set_aside && entries > 0 => {
                self.activity = Activity::Free;
                self.narrow(epoch, after_seq, entries, reason, seq, watermark);
            }
            // A refusal that makes no sense for what was sent: nothing is skipped for it, it is tried again later.
            _ => return self.failed(now),
        }
        self.go_on(now);
    }

    /// No answer, or one that counts as a fault of the location.
    pub fn handle_fault(&mut self, now: u64) {
        if matches!(self.activity, Activity::UnderWay { .. }) {
            self.failed(now);
        }
    }

    /// The location asked for time: 429, or 503 with Retry-After.
    pub fn handle_throttle(&mut self, retry_after_ms: u64, now: u64) {
        let wait = retry_after_ms.clamp(self.numbers.throttle_min_ms, self.numbers.throttle_max_ms);
        let stretch = self.random.up_to(wait / 100 * self.numbers.throttle_spread_percent);
        self.activity = Activity::Waiting { until: now + wait + stretch };
    }

    /// The wait that was asked for with [`Command::DrawDelay`].
    pub fn handle_delay(&mut self, delay_ms: u64, now: u64) {
        if self.activity == Activity::Drawing {
            self.activity = Activity::Waiting { until: now + delay_ms };
        }
        self.go_on(now);
    }

    /// Time has passed.
    pub fn handle_time(&mut self, now: u64) {
        self.go_on(now);
    }

    /// When [`Outbox::handle_time`] has something to do again.
    pub fn poll_timeout(&self) -> Option<u64> {
        match self.activity {
            Activity::Waiting { until } if self.open => Some(until),
            _ => None,
        }
    }

    /// The next thing to do, if any.
    pub fn next_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    fn track(&mut self, epoch: Epoch) -> Option<&mut Track> {
        self.tracks.iter_mut().find(|track| track.epoch == epoch)
    }

    fn succeeded(&mut self) {
        self.activity = Activity::Free;
        self.failures = 0;
        self.identity_refused = false;
        self.budget_tenths = (self.budget_tenths + 1).min(self.numbers.budget_tokens * 10);
    }

    /// The first retry may come at once, at the location's next endpoint, while the budget lasts; others wait.
    fn failed(&mut self, now: u64) {
        self.budget_tenths = self.budget_tenths.saturating_sub(10);
        self.failures = self.failures.saturating_add(1);
        let at_once = self.failures == 1 && self.budget_tenths > self.numbers.budget_reserve_tokens * 10;
        if at_once && !self.identity_refused {
            self.activity = Activity::Free;
            return self.go_on(now);
        }
        self.activity = Activity::Drawing;
        self.commands.push_back(Command::DrawDelay { failures: self.failures });
    }

    fn fork(&mut self, epoch: Epoch, receipt_number: u64) {
        if let Some(track) = self.track(epoch)
            && track.fork()
        {
            self.commands.push_back(Command::Fork { epoch, receipt_number });
        }
    }

    /// Comes closer to the bad entry: past what is in, up to the one that was named, else by half.
    fn narrow(
        &mut self,
        epoch: Epoch,
        after_seq: u64,
        entries: u32,
        reason: String,
        bad: Option<u64>,
        watermark: Option<(u64, Hash)>,
    ) {
        let sent = after_seq + 1..=after_seq + u64::from(entries);
        let Some(track) = self.track(epoch) else { return };
        let mut from = after_seq;
        if let Some((seq, hash)) = watermark
            && sent.contains(&seq)
        {
            from = seq;
            track.confirmed(seq);
            self.commands.push_back(Command::Save { epoch, seq, hash });
        }
        let bad = bad.filter(|bad| sent.contains(bad) && *bad > from);
        let left = match bad {
            Some(bad) => bad - from - 1,
            None => (after_seq + u64::from(entries) - from) / 2,
        };
        match left {
            0 => {
                if let Some(track) = self.track(epoch) {
                    track.set_aside = Some((from + 1, reason));
                }
            }
            _ => self.batch_entries = u32::try_from(left).unwrap_or(u32::MAX).min(self.batch_entries),
        }
    }

    fn go_on(&mut self, now: u64) {
        match self.activity {
            Activity::UnderWay { .. } | Activity::Drawing => return,
            Activity::Waiting { until } if now < until => return,
            _ if !self.open => return,
            Activity::Waiting { .. } | Activity::Free => self.activity = Activity::Free,
        }
        let batch_entries = self.batch_entries;
        let Some(track) = self.tracks.iter_mut().find(|track| track.has_work()) else { return };
        let command = track.next_request(batch_entries);
        let (after_seq, set_aside) = match &command {
            Command::Send { after_seq, .. } => (*after_seq, false),
            Command::SetAside { seq, .. } => (seq - 1, true),
            _ => (0, false),
        };
        self.activity = Activity::UnderWay { epoch: track.epoch, after_seq, set_aside };
        self.commands.push_back(command);
    }
}
