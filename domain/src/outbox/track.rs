//! One epoch on its way to one location.

use super::Command;
use crate::ids::Epoch;
use crate::wire::Problem;

/// Where the journal stands with an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The epoch.
    pub epoch: Epoch,
    /// Its last number.
    pub seq: u64,
    /// Up to here this location confirmed our own hash before: there the two histories are one.
    pub acked: u64,
}

/// What is known of one epoch at one location.
#[derive(Debug, Clone)]
pub(super) struct Track {
    pub(super) epoch: Epoch,
    /// Last number in the journal.
    pub(super) head: u64,
    /// Last number whose hash the location confirmed as ours.
    pub(super) acked: u64,
    /// Last number there; unknown until the location said so.
    pub(super) position: Option<u64>,
    /// The location has another history: ours is a branch, which goes to the set-aside route.
    pub(super) forked: bool,
    /// The next entry is known to be bad, and why.
    pub(super) set_aside: Option<(u64, String)>,
}

impl Track {
    pub(super) fn new(head: Head) -> Track {
        Track { epoch: head.epoch, head: head.seq, acked: head.acked, position: None, forked: false, set_aside: None }
    }

    /// The location has our own entry `seq`.
    pub(super) fn confirmed(&mut self, seq: u64) {
        self.position = Some(seq);
        self.acked = self.acked.max(seq);
    }

    pub(super) fn unsent(&self) -> u64 {
        self.head.saturating_sub(self.position.unwrap_or(0))
    }

    pub(super) fn has_work(&self) -> bool {
        self.position.is_none_or(|position| position < self.head)
    }

    /// Ours becomes a branch; true when it was not one before. It is handed in from the last number that both had, for
    /// where the two histories part is not known; what the location has under the same hash costs it nothing.
    pub(super) fn fork(&mut self) -> bool {
        if std::mem::replace(&mut self.forked, true) {
            return false;
        }
        self.position = Some(self.acked.min(self.head));
        self.set_aside = None;
        true
    }

    pub(super) fn next_request(&mut self, batch_entries: u32) -> Command {
        let epoch = self.epoch;
        let Some(after_seq) = self.position else { return Command::Ask(epoch) };
        if self.forked {
            return Command::SetAside { epoch, seq: after_seq + 1, reason: Problem::FORK.to_owned() };
        }
        match self.set_aside.take() {
            Some((seq, reason)) if seq == after_seq + 1 => Command::SetAside { epoch, seq, reason },
            _ => Command::Send { epoch, after_seq, max_entries: batch_entries },
        }
    }
}
